"""What is written about a gamma: fragment, figures, plot and record."""
from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmseg_zeroshot.engine import ZeroShotResultsHook
from mmseg_zeroshot.engine.hooks.runner_access import zero_shot_head
from mmseg_zeroshot.evaluation import GammaCurve
from mmseg_zeroshot.evaluation.scores import background_rule, per_class_scores
from mmseg_zeroshot.experiments.written import VALUES
from mmseg_zeroshot.results.record import RESULTS_FILE
from mmseg_zeroshot.results.records import write_records
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.json_values import without_nan
from mmseg_zeroshot.visualization import save_gamma_curve

if TYPE_CHECKING:
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead

    from mmseg_zeroshot.evaluation.gamma_curve import GammaScores


def fragment(best: GammaScores, split: ClassSplit, role: str,
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
        'your model in\n# _base_, or give the value to mmseg-zeroshot test:\n'
        f'#   --cfg-options model.decode_head.gamma={gamma}\n'
        f'model = dict(decode_head=dict(gamma={gamma}))\n')
    return text + lines if role == 'oracle' else text


def write_outputs(folder: Path, curve: GammaCurve, *, role: str,
                  checkpoint: str, lines: str) -> GammaScores:
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
    figures = dict(role=role, checkpoint=os.path.basename(checkpoint),
                   **curve.figures())
    with atomic_write(folder / 'gamma_curve.json', 'w') as file:
        json.dump(without_nan(figures), file, indent=1, allow_nan=False)
    save_gamma_curve(folder / 'gamma_curve.png', curve.table(),
                     best=best['gamma'], title=f'{split.name} ({role})')
    with atomic_write(folder / 'gamma.py', 'w') as file:
        file.write(fragment(best, split, role, lines))
    with atomic_write(folder / VALUES, 'w') as file:
        json.dump({'model.decode_head.gamma': round(best['gamma'], 6)}, file)
    return best


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
    head: BaseDecodeHead = zero_shot_head(runner.model)
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
