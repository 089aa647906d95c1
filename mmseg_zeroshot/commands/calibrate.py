"""Choose the calibration factor gamma from one pass over the val set.

Examples:
    # zero-shot cross-validation: a model that was trained without the
    # validation classes (a shipped split '…-cv', or hold_out=True in a
    # split of your own), tuned on these
    mmseg-zeroshot calibrate CONFIG_CV CHECKPOINT_CV --out work_dirs/gamma
    # the gamma that is best for the real unseen classes: an upper bound
    mmseg-zeroshot calibrate CONFIG CHECKPOINT --split-role oracle

The images are those of the config's ``val_dataloader``; under the default role
let it read images that no result is reported on.

Writes ``gamma.py`` (a config fragment), ``gamma_curve.json`` (scores at all
gammas), ``gamma_curve.png``, and for recipes ``values.json`` (the gamma) and
``zero_shot_results.json`` (the record of the best gamma). Labels of real
unseen classes are used under ``--split-role oracle`` (or ``--oracle``) only,
and the outputs say so.
"""
from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from pprint import pformat
from types import SimpleNamespace
from typing import Any

import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmengine.utils import track_iter_progress
from torch.utils.data import DataLoader

from mmseg_zeroshot.commands._arguments import add_cfg_options, make_parser
from mmseg_zeroshot.engine import ZeroShotResultsHook
from mmseg_zeroshot.engine.hooks.runner_access import (
    data_split,
    head_split,
    zero_shot_head,
)
from mmseg_zeroshot.evaluation import GammaCurve, ZeroShotIoUMetric
from mmseg_zeroshot.evaluation.scores import background_rule, per_class_scores
from mmseg_zeroshot.experiments.written import VALUES
from mmseg_zeroshot.results.record import RESULTS_FILE
from mmseg_zeroshot.results.records import write_records
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.utils.json_values import without_nan
from mmseg_zeroshot.visualization import save_gamma_curve

ROLES = ('validation', 'oracle')


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; those of the process by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument(
        'config', help='config file; its val_dataloader gives the images')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--split-role', choices=ROLES, default='validation',
        help="what the split's unseen classes are: held-out validation "
        'classes, or the real unseen ones (default: validation)')
    parser.add_argument(
        '--oracle', dest='split_role', action='store_const', const='oracle',
        help='short for --split-role oracle')
    parser.add_argument(
        '--out', help='folder for the outputs (default: calibration/ in the '
        "checkpoint's folder)")
    add_cfg_options(parser)
    return parser.parse_args(argv)


def check_role(split: ClassSplit | None, role: str) -> ClassSplit:
    """Refuse to tune on real unseen classes unasked.

    Args:
        split: The head's split.
        role: 'validation' or 'oracle'.

    Returns:
        The split.

    Raises:
        ValueError: The head has no split, or it is not of this role.
    """
    if split is None:
        raise ValueError('decode_head has no split; gamma is for '
                         'zero-shot heads')
    if role == 'validation' and not split.held_out:
        raise ValueError(
            f"split {split.name!r} holds no validation classes "
            f'out; its unseen classes ({", ".join(split.unseen[:5])}) are '
            "the real ones. Train with the split's '-cv' variant, or with "
            'hold_out=True in a split of your own, and choose gamma there, '
            'or ask for an upper bound with --split-role oracle')
    if role == 'oracle' and split.held_out:
        raise ValueError(
            f'split {split.name!r} holds validation classes out; '
            'leave out --split-role oracle')
    return split


def check_training(checkpoint: dict[str, Any], split: ClassSplit,
                   path: str) -> None:
    """Make sure that the model has not been trained on the unseen classes.

    Args:
        checkpoint: As loaded.
        split: The head's split.
        path: Its file, for messages.

    Raises:
        ValueError: It was, or the checkpoint does not say.
    """
    meta = (checkpoint.get('meta') or {}).get('dataset_meta') or {}
    if 'split' not in meta:
        raise ValueError(
            f'{path} does not say which classes it was trained '
            'on; use a checkpoint that was trained with ZeroShotDataset')
    trained = ClassSplit.from_dict(meta['split'])
    leaked = [name for name in split.unseen if name in trained.seen]
    if leaked:
        raise ValueError(
            f'{path} was trained with labels of '
            f'{", ".join(leaked)} (split {trained.name!r}); gamma must be '
            'chosen on classes that the model has not been trained on')


def run_model(runner: Runner, split: ClassSplit,
              loader: DataLoader) -> GammaCurve:
    """Pass the val set through the model once.

    Args:
        runner: Holds the model with its weights, and the config.
        split: The head's split.
        loader: Gives the val set.

    Returns:
        The curve over gamma, scored as the config's evaluator does.

    Raises:
        ValueError: The val set has another split than the head.
    """
    given = data_split(loader.dataset)
    if given is None or (given.classes, given.unseen, given.ignored) != (
            split.classes, split.unseen, split.ignored):
        raise ValueError(
            f'decode_head has split {split.name!r} and '
            f'val_dataloader.dataset '
            f'{"none" if given is None else repr(given.name)}; name the '
            'split once in the config and use it in both places')
    curve = GammaCurve(split, **scoring(runner))
    model = runner.model.eval()
    # The plain decision: where the curve starts.
    head: Any = zero_shot_head(model)
    head.gamma = 0.0
    with torch.no_grad():
        for batch in track_iter_progress((loader, len(loader))):
            for sample in model.test_step(batch):
                curve.update_logits(
                    sample.seg_logits.data, sample.gt_sem_seg.data[0],
                    sample.pred_sem_seg.data[0])
    return curve


def scoring(runner: Runner) -> dict[str, Any]:
    """Return how the val evaluator counts, as arguments of `GammaCurve`.

    Args:
        runner: Has the config.
    """
    evaluator = runner.build_evaluator(runner.cfg.val_evaluator)
    for metric in evaluator.metrics:
        if isinstance(metric, ZeroShotIoUMetric):
            return dict(
                absent=metric.absent, ignore_index=metric.ignore_index)
    return {}


def write_record(folder: Path, runner: Runner, loader: DataLoader,
                 curve: GammaCurve, role: str) -> None:
    """Write the results record of the best gamma, as an evaluation does.

    Args:
        folder: Where to.
        runner: With the model, and a ``ZeroShotResultsHook``; without one
            nothing is written.
        loader: Gave the images.
        curve: The finished curve.
        role: 'validation' or 'oracle'.
    """
    hooks = [h for h in runner.hooks if isinstance(h, ZeroShotResultsHook)]
    head: Any = zero_shot_head(runner.model)
    if not hooks:
        return
    if role == 'oracle':
        hooks[0].supervision = 'oracle'
    gamma = curve.best()['gamma']
    head.gamma = gamma
    record = hooks[0].describe(runner, SimpleNamespace(dataloader=loader), {
        'split': curve.split.name,
        'background': background_rule(curve.split),
        'absent': curve.absent,
        'generalised': without_nan(curve.at(gamma)),
        'vanilla': None,
        'vanilla_rule': 'not computed: gamma does not change it',
        'per_class': without_nan(per_class_scores(
            curve.confusion(gamma), curve.split))})
    write_records(folder / RESULTS_FILE, record)


def oracle_lines(cfg: Config) -> str:
    """Return config lines that state the supervision of an oracle's gamma.

    Args:
        cfg: With ``ZeroShotResultsHook`` among its default or custom hooks;
            there are no lines without it.
    """
    lines = ''
    for key, hook in (cfg.get('default_hooks') or {}).items():
        if _is_results_hook(hook):
            lines += (f"default_hooks = dict({key}=dict("
                      "supervision='oracle'))\n")
    custom = cfg.get('custom_hooks') or []
    if any(map(_is_results_hook, custom)):
        # A list in a config replaces the inherited one, so it is written out.
        hooks = [
            {**hook.to_dict(), **(
                {'supervision': 'oracle'} if _is_results_hook(hook) else {})}
            for hook in custom]
        lines += 'custom_hooks = ' + pformat(hooks, sort_dicts=False) + '\n'
    return lines


def _is_results_hook(hook: Any) -> bool:
    kind = hook.get('type') if isinstance(hook, dict) else None
    name = getattr(kind, '__name__', str(kind))
    return name.split('.')[-1] == 'ZeroShotResultsHook'


def fragment(best: dict[str, Any], split: ClassSplit, role: str,
             lines: str) -> str:
    """Return the text of ``gamma.py``.

    Args:
        best: ``GammaCurve.best()``.
        split: The split that gamma was chosen on.
        role: 'validation' or 'oracle'.
        lines: Of :func:`oracle_lines`, used by an oracle gamma.
    """
    gamma = round(best['gamma'], 6)
    text = (
        f'# Role: {role}. hIoU {best["hIoU"]:.2f} on the '
        f'{"REAL UNSEEN" if role == "oracle" else "validation"} classes\n'
        f'# {", ".join(split.unseen)}\n'
        f'# of split {split.name!r}. Put the lines below into a config with '
        'your model in\n# _base_, or give the value to tools/test.py:\n'
        f'#   --cfg-options model.decode_head.gamma={gamma}\n'
        f'model = dict(decode_head=dict(gamma={gamma}))\n')
    return text + lines if role == 'oracle' else text


def write_outputs(folder: Path, curve: GammaCurve, *, role: str,
                  checkpoint: str, lines: str) -> dict[str, Any]:
    """Write the fragment, the figures and the plot.

    Args:
        folder: Where to.
        curve: The finished curve.
        role: 'validation' or 'oracle'.
        checkpoint: File that the model came from.
        lines: See :func:`fragment`.

    Returns:
        ``curve.best()``.
    """
    best, split = curve.best(), curve.split
    figures = dict(
        role=role, split=split.name, unseen=list(split.unseen),
        checkpoint=os.path.basename(checkpoint), images=curve.num_images,
        gamma=best['gamma'], best=best, area=curve.area(),
        table=curve.table())
    with atomic_write(folder / 'gamma_curve.json', 'w') as file:
        json.dump(without_nan(figures), file, indent=1, allow_nan=False)
    save_gamma_curve(folder / 'gamma_curve.png', curve.table(),
                     best=best['gamma'], title=f'{split.name} ({role})')
    with atomic_write(folder / 'gamma.py', 'w') as file:
        file.write(fragment(best, split, role, lines))
    with atomic_write(folder / VALUES, 'w') as file:
        json.dump({'model.decode_head.gamma': round(best['gamma'], 6)}, file)
    return best


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: Model, data and role do not fit together.
    """
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options)
    if not os.path.isfile(args.checkpoint):
        raise FileNotFoundError(f'no such file: {args.checkpoint}')
    folder = Path(args.out or Path(args.checkpoint).parent / 'calibration')
    cfg.work_dir, cfg.load_from = str(folder / 'run'), args.checkpoint
    runner = Runner.from_cfg(cfg)
    split = check_role(head_split(runner.model), args.split_role)
    checkpoint = runner.load_checkpoint(args.checkpoint)
    check_training(checkpoint, split, args.checkpoint)
    loader = runner.build_dataloader(cfg.val_dataloader)
    curve = run_model(runner, split, loader)
    best = write_outputs(
        folder, curve, role=args.split_role, checkpoint=args.checkpoint,
        lines=oracle_lines(cfg))
    write_record(folder, runner, loader, curve, args.split_role)
    zero = curve.table()[0]
    print(f'\n{args.split_role}: gamma {best["gamma"]:.2f} gives hIoU '
          f'{best["hIoU"]:.2f} (seen {best["seen"]["mIoU"]:.2f}, unseen '
          f'{best["unseen"]["mIoU"]:.2f}); gamma 0 gives {zero["hIoU"]:.2f}; '
          f'area {curve.area():.2f}\nwritten to {folder}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
