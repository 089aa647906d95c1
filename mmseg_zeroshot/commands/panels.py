"""Look at a model: panels, best and hardest images, confusion.

Examples:
    # image, truth, the network without zero-shot, and with it
    mmseg-zeroshot panels CONFIG CHECKPOINT --title SPNet \\
        --against SEEN_CONFIG SEEN_CHECKPOINT 'without zero-shot'
    # the two best and the two hardest images of some classes
    mmseg-zeroshot panels CONFIG CHECKPOINT --each 2 --classes cow cat

One pass over the config's test set makes these files in --out, pictures as PNG
and SVG: `panel` (images that show most of the unseen classes, which are
outlined and starred), `classes/NAME` (best and hardest images), `confusion` (a
heat map, and a .csv for `mmseg-zeroshot plot`) and `images.json`, the IoU of
every class in every image.
"""
from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import mmcv
import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmengine.utils import track_iter_progress
from mmseg.structures import SegDataSample
from torch.utils.data import Subset

from mmseg_zeroshot.commands._arguments import (
    add_cfg_options,
    add_names,
    make_parser,
)
from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.engine.hooks import ConsistencyHook
from mmseg_zeroshot.engine.hooks.runner_access import data_split, head_split
from mmseg_zeroshot.evaluation import confusion_matrix
from mmseg_zeroshot.evaluation.scores import class_ratios
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.names import resolve
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.visualization import (
    best_and_hardest,
    confusion_table,
    save_confusion_csv,
    save_confusion_map,
    save_panel,
)
from mmseg_zeroshot.visualization.examples import choose_by_shares

IGNORE = 255


class Scores(NamedTuple):
    """What one pass over the images found."""

    names: list[str]
    ious: np.ndarray
    """(N, K) percent of each class in each image; NaN where it is not."""
    shares: np.ndarray
    """(N, K) of the image's pixels, by the truth."""
    confusion: np.ndarray
    """(K, K) pixels, rows truth."""


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = make_parser(__name__, __doc__)
    parser.add_argument('config', help='its test_dataloader gives the images')
    parser.add_argument('checkpoint')
    parser.add_argument('--title', default='prediction',
                        help="heading of the model's column")
    parser.add_argument('--against', nargs=3, action='append', default=[],
                        metavar=('CONFIG', 'CHECKPOINT', 'TITLE'),
                        help='another model, shown to the left; repeatable')
    parser.add_argument('--out', type=Path, help='folder (default: panels/ in '
                        "the checkpoint's folder)")
    parser.add_argument('--images', type=int, default=4,
                        help='images in the panel (default: %(default)s)')
    parser.add_argument('--each', type=int, default=2,
                        help='best and hardest images of a class; 0 for none '
                        '(default: %(default)s)')
    add_names(parser, '--classes',
              help='classes of these (default: the unseen ones)')
    parser.add_argument('--formats', nargs='+', default=['png', 'svg'],
                        choices=('png', 'svg'))
    add_cfg_options(parser, 'config keys of CONFIG to change')
    args = parser.parse_args(argv)
    for name in ('images', 'each'):
        if getattr(args, name) < 0:
            parser.error(f'--{name} must be 0 or more, got '
                         f'{getattr(args, name)}')
    return args


def load_runner(config: str, checkpoint: str, folder: Path,
                options: dict[str, Any] | None = None) -> Runner:
    """Build a runner and load a model's weights, checked by its hooks.

    Args:
        config: Config file.
        checkpoint: Weights.
        folder: For the log.
        options: Config keys to change.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: the weights do not fit (see :class:`ConsistencyHook`).
    """
    for path in (config, checkpoint):
        if not os.path.isfile(path):
            raise FileNotFoundError(f'no such file: {path}')
    cfg = Config.fromfile(config)
    cfg.merge_from_dict(options or {})
    cfg.work_dir, cfg.log_level = str(folder), 'WARNING'
    cfg.experiment_name = f'panels-{folder.name}'
    runner = Runner.from_cfg(cfg)
    if not any(isinstance(hook, ConsistencyHook) for hook in runner.hooks):
        runner.register_hook(ConsistencyHook())
    runner.load_checkpoint(checkpoint)
    runner.model.eval()
    return runner


def check_split(runner: Runner, other: Runner | None = None) -> ClassSplit:
    """Return the split of a runner's test set.

    Args:
        runner: Whose images are shown.
        other: Another model that shall segment them.

    Raises:
        ValueError: the test set has no split, or the other model's head has
            other classes.
    """
    split = data_split(runner.test_dataloader.dataset)
    if split is None:
        raise ValueError("the test set's metainfo has no 'split'; wrap it in "
                         'ZeroShotDataset, as the shipped configs do')
    if other is not None:
        given = head_split(other.model) or data_split(
            other.test_dataloader.dataset)
        if given is None or given.classes != split.classes:
            raise ValueError(
                f'{other.cfg.filename} has other classes than split '
                f'{split.name!r}: its predictions cannot stand beside')
    return split


@torch.no_grad()
def segment(runner: Runner,
            batches: Iterable[dict]) -> Iterator[SegDataSample]:
    """Yield segmented samples, in order.

    Args:
        runner: Holds the model.
        batches: Of its data loader.
    """
    for batch in batches:
        yield from runner.model.test_step(batch)


def score_images(runner: Runner, split: ClassSplit) -> Scores:
    """Score every image of the test set by itself.

    Args:
        runner: Holds the model.
        split: Groups of the K classes.
    """
    size = split.num_classes
    total = np.zeros((size, size), dtype=np.int64)
    names, ious, shares = [], [], []
    loader = runner.test_dataloader
    for sample in segment(runner, track_iter_progress((loader, len(loader)))):
        counts = confusion_matrix(
            sample.pred_sem_seg.data[0], sample.gt_sem_seg.data[0], size,
            IGNORE).cpu().numpy()
        total += counts
        iou = 100 * class_ratios(counts.astype(float))[1]
        iou[counts.sum(1) == 0] = np.nan  # not in the image's truth
        names.append(os.path.basename(sample.img_path))
        ious.append(iou)
        shares.append(counts.sum(1) / sample.gt_sem_seg.data[0].numel())
    return Scores(names, np.stack(ious), np.stack(shares), total)


def choose(scores: Scores, split: ClassSplit, classes: Sequence[str],
           args: argparse.Namespace) -> tuple[list[int], dict[str, tuple]]:
    """Choose the images of the panel, and the best and hardest ones.

    Args:
        scores: Of all images.
        split: The split.
        classes: Names of the classes with panels of their own.
        args: How many.

    Returns:
        Positions for the panel, and for each class (best, hardest).
    """
    shown = list(split.unseen_ids or split.seen_ids)
    panel = choose_by_shares(scores.shares[:, shown], args.images)
    each = {}
    for name in classes:
        i = split.classes.index(name)
        found = best_and_hardest(scores.ious[:, i], scores.shares[:, i],
                                 args.each)
        if found[0]:
            each[name] = found
    return panel, each


def predict(runner: Runner, dataset: ZeroShotDataset,
            chosen: Sequence[int]) -> dict[int, list[np.ndarray]]:
    """Segment some images of a data set.

    Args:
        runner: Holds the model.
        dataset: The images.
        chosen: Their positions.

    Returns:
        For each position image (RGB), truth and prediction.
    """
    if not chosen:
        return {}
    loader = Runner.build_dataloader(dict(
        runner.cfg.test_dataloader.to_dict(),
        dataset=Subset(dataset, list(chosen))))
    rows = {}
    for place, sample in zip(chosen, segment(runner, loader)):
        truth, prediction = (
            part.data[0].cpu().numpy().astype(np.uint8)
            for part in (sample.gt_sem_seg, sample.pred_sem_seg))
        image = mmcv.imread(sample.img_path, channel_order='rgb')
        image = mmcv.imresize(image, truth.shape[::-1])
        rows[place] = [image, truth, prediction]
    return rows


def draw(folder: Path, rows: dict[int, list[np.ndarray]], scores: Scores,
         split: ClassSplit, panel: Sequence[int], each: dict[str, tuple],
         titles: Sequence[str], formats: Sequence[str]) -> None:
    """Write the panels.

    Args:
        folder: Where to.
        rows: Image, truth and predictions of the chosen images.
        scores: Of all images.
        split: The split.
        panel: Positions of the panel's images.
        each: For each class the best and the hardest images.
        titles: Of the columns.
        formats: 'png', 'svg' or both.
    """
    save = partial(save_panel, classes=split.classes, unseen=split.unseen,
                   titles=titles)
    for suffix in formats:
        if panel:
            save(folder / f'panel.{suffix}', [rows[i] for i in panel])
        for name, (best, hardest) in each.items():
            ious = scores.ious[:, split.classes.index(name)]
            captions = [f'{name}, {kind}: IoU {ious[i]:.0f}'
                        for kind, places in (('best', best),
                                             ('hardest', hardest))
                        for i in places]
            file = name.replace('/', '-').replace(' ', '_')
            save(folder / 'classes' / f'{file}.{suffix}',
                 [rows[i] for i in (*best, *hardest)], captions=captions)


def write_scores(folder: Path, scores: Scores, split: ClassSplit,
                 args: argparse.Namespace) -> None:
    """Write the confusion and the IoU of each class in each image.

    Args:
        folder: Where to.
        scores: Of all images.
        split: The split.
        args: Names the model.
    """
    table = confusion_table(scores.confusion, split)
    save_confusion_csv(folder / 'confusion.csv', table)
    for suffix in args.formats:
        save_confusion_map(folder / f'confusion.{suffix}', table,
                           title=f'{args.title}, {split.name}')
    images = [
        dict(image=name, classes={
            split.classes[i]: dict(
                IoU=float(scores.ious[n, i]),
                share=float(scores.shares[n, i]))
            for i in np.flatnonzero(np.isfinite(scores.ious[n]))})
        for n, name in enumerate(scores.names)]
    with atomic_write(folder / 'images.json', 'w') as file:
        json.dump(dict(split=split.name, title=args.title,
                       checkpoint=os.path.basename(args.checkpoint),
                       images=images), file, indent=1, allow_nan=False)


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.
    """
    folder = args.out or Path(args.checkpoint).parent / 'panels'
    runner = load_runner(args.config, args.checkpoint, folder / 'run',
                         args.cfg_options)
    split = check_split(runner)
    classes = [resolve(name, split.classes)
               for name in args.classes or split.unseen]
    others = []
    for number, (config, checkpoint, _) in enumerate(args.against):
        others.append(load_runner(config, checkpoint,
                                  folder / f'run-against{number}'))
        check_split(runner, others[-1])
    scores = score_images(runner, split)
    write_scores(folder, scores, split, args)
    panel, each = choose(scores, split, classes, args)
    chosen = sorted({*panel, *(i for pair in each.values()
                               for places in pair for i in places)})
    dataset = runner.test_dataloader.dataset
    rows = predict(runner, dataset, chosen)
    for other in reversed(others):
        for place, row in predict(other, dataset, chosen).items():
            rows[place].insert(2, row[2])
    titles = ['image', 'truth', *(given[2] for given in args.against),
              args.title]
    draw(folder, rows, scores, split, panel, each, titles, args.formats)
    print(f'\n{len(scores.names)} images; written to {folder}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
