"""Segment photos with a trained model, in your own words.

Examples:
    # two more classes by their names, one class dropped, one renamed
    mmseg-zeroshot predict CONFIG CHECKPOINT photos/ 'more/*.jpg' \\
        --add-classes "zebra, traffic light" --embeddings glove-6b-50d \\
        --drop-classes person --rename-classes "tvmonitor=screen"

    # ZS3Net learns added classes in seconds, from the bank of its steps
    mmseg-zeroshot predict CONFIG CHECKPOINT photos/ \\
        --add-classes zebra --bank work_dirs/step0/bank

The output folder gets overlays (vis/*.jpg, unseen classes with a star, added
ones with a plus), masks of class ids (pred/*.png) and areas.json. Ids of the
model's own classes stay, and added classes follow them. Classes that the
model's split ignores may be added too. The options have the names of
MMSegInferencer's.
"""
from __future__ import annotations

import argparse
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.runner import set_random_seed
from mmengine.utils import ProgressBar
from mmseg.apis import MMSegInferencer

from mmseg_zeroshot.commands._arguments import (
    add_cfg_options,
    add_names,
    make_parser,
)
from mmseg_zeroshot.datasets import FeatureBankDataset
from mmseg_zeroshot.engine.hooks.consistency.checkpoint import LoadingCheck
from mmseg_zeroshot.experiments.config_files import quiet
from mmseg_zeroshot.models import FeatureSets, retrain_classifier
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.name_lists import parse_names
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.images import Photo, batches, find_images, look_at
from mmseg_zeroshot.visualization.predictions import PredictionWriter


class Predictor(MMSegInferencer):
    """MMSegInferencer that takes whole checkpoints only."""

    def _load_weights_to_model(self, model: Any,
                               checkpoint: dict | None,
                               cfg: Any) -> None:
        """Load, and raise where MMEngine would only log what is missing."""
        if getattr(model.decode_head, 'split', None) is not None:
            LoadingCheck(model, checkpoint or {}, training=False)
        super()._load_weights_to_model(model, checkpoint, cfg)
        split = getattr(model.decode_head, 'split', None)
        if split is not None:
            # A checkpoint need not say its classes; then MMSegmentation
            # takes those of Cityscapes.
            palette = list(model.dataset_meta.get('palette') or [])
            model.dataset_meta = dict(
                classes=split.classes,
                palette=palette if len(palette) == split.num_classes else [])

    def predict(self, paths: Sequence[Path]) -> list[np.ndarray]:
        """Return the class ids (H, W) of images of one size."""
        data = next(self.preprocess([str(path) for path in paths],
                                    batch_size=len(paths)))
        return [sample.pred_sem_seg.data[0].cpu().numpy()
                for sample in self.forward(data)]


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    add = parser.add_argument
    add('config', help='config of the model')
    add('checkpoint', help='its weights')
    add('images', nargs='+', help='files, folders or glob patterns')
    add_names(parser, '--add-classes', help='classes to predict too')
    add_names(parser, '--drop-classes', help='classes to predict no longer')
    add_names(parser, '--rename-classes', parse=_pairs, default={},
              metavar='OLD=NEW', help='other names, without another vector')
    add('--embeddings', nargs='+', help='where the vectors of added classes '
        'come from: a shipped table or .npz files (default: the config\'s)')
    add('--bank', help='ZS3Net: feature bank that the classifier is '
        'retrained on (default: the config\'s)')
    add('--iterations', type=int, default=500,
        help='ZS3Net: steps of that training (default: 500)')
    add('--seed', type=int, default=0, help='ZS3Net: its seed (default: 0)')
    add('--out-dir', default='predictions', help='default: predictions')
    add('--img-out-dir', default='vis', help="default: vis; '' for none")
    add('--pred-out-dir', default='pred', help="default: pred; '' for none")
    add('--opacity', type=float, default=0.6, help='of colours: 0 to 1')
    add('--no-labels', action='store_true', help='overlays without legend')
    add('--device', help='such as cpu or cuda:0 (default: what is there)')
    add('--batch-size', type=int, default=1,
        help='images of one size that are segmented together (default: 1)')
    add('--size', type=int, nargs=2, metavar=('LONG', 'SHORT'),
        help='largest sides of what the network sees, instead of the test '
        'pipeline\'s; masks have the image\'s own size')
    add('--max-pixels', type=int, default=25_000_000,
        help='skip larger images (default: 25,000,000)')
    add_cfg_options(parser, 'config keys to change, such as '
                    'model.decode_head.gamma=0.4')
    args = parser.parse_args(argv)
    if args.batch_size < 1 or args.iterations < 1:
        parser.error('--batch-size and --iterations must be at least 1')
    if not 0 <= args.opacity <= 1:
        parser.error(f'--opacity must lie in [0, 1], got {args.opacity}')
    return args


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in parse_names(texts):
        old, _, new = (part.strip() for part in text.partition('='))
        if not old or not new or '=' in new:
            raise ValueError(f'{text!r} is no renaming: write OLD=NEW, such '
                             'as tvmonitor=screen')
        pairs[old] = new
    return pairs


def usable(paths: Sequence[Path],
           max_pixels: int) -> tuple[list[Photo], list[str]]:
    """Look at all images before any work is done.

    Args:
        paths: Image files.
        max_pixels: Most pixels that an image may have.

    Returns:
        Those that can be segmented, and why the others cannot.

    Raises:
        ValueError: None can be.
    """
    photos, problems = [], []
    for path in paths:
        try:
            photos.append(look_at(path, max_pixels))
        except (OSError, ValueError) as error:
            problems.append(str(error))
    if not photos:
        raise ValueError('no image can be segmented:\n' + '\n'.join(problems))
    return photos, problems


def load_config(args: argparse.Namespace) -> Config:
    """Read the config and resize its test images if asked to.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        FileNotFoundError: There is no such config or checkpoint.
        ValueError: The config does not say how an image is read.
    """
    for path in (args.config, args.checkpoint):
        if not os.path.isfile(path):
            raise FileNotFoundError(f'no such file: {path}')
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options)
    if 'pipeline' not in (config.get('test_dataloader') or {}).get(
            'dataset', {}):
        raise ValueError(f'{args.config} has no test_dataloader.dataset.'
                         'pipeline, which says how an image is read')
    steps = config.test_dataloader.dataset.pipeline
    if args.size:
        steps[:] = [step for step in steps if step.type != 'Resize']
        steps.insert(1, dict(type='Resize', scale=tuple(args.size),
                             keep_ratio=True))
    return config


def change_words(model: Any, config: Config,
                 args: argparse.Namespace) -> dict[str, str]:
    """Give the model the vocabulary that the arguments ask for.

    Args:
        model: The segmentor.
        config: Its config.
        args: What :func:`parse_args` returns.

    Returns:
        The group of every class: seen, unseen, added or ignored.

    Raises:
        ValueError: A class is unknown, has no vector or is there already.
    """
    trained: ClassSplit | None = getattr(model.decode_head, 'split', None)
    if trained is None and (args.add_classes or args.drop_classes
                            or args.rename_classes):
        raise ValueError(
            f'{type(model.decode_head).__name__} is no zero-shot head: its '
            'classes are fixed. Train one of configs/spnet or configs/zs3net')
    dropped = (model.drop_classes(args.drop_classes)
               if args.drop_classes else ())
    if args.rename_classes:
        model.rename_classes(args.rename_classes)
    added: tuple[str, ...] = ()
    if args.add_classes:
        words = args.embeddings or config.model.decode_head.get('embeddings')
        start = time.perf_counter()
        set_random_seed(args.seed)
        added = tuple(model.add_class(name, embeddings=words)
                      for name in args.add_classes)
        assert trained is not None
        if model.decode_head.learns_classifier:
            _retrain(model, config, args, trained)
        print(f'added {", ".join(added)} in '
              f'{time.perf_counter() - start:.1f} s')
    if dropped:
        print(f'dropped {", ".join(dropped)}')
    return _groups(model, added)


def _groups(model: Any, added: Sequence[str]) -> dict[str, str]:
    split = getattr(model.decode_head, 'split', None)
    if split is None:
        return dict.fromkeys(model.dataset_meta['classes'], 'seen')
    groups = dict.fromkeys(split.classes, 'seen')
    for group in ('unseen', 'ignored'):
        groups.update(dict.fromkeys(getattr(split, group), group))
    return {**groups, **dict.fromkeys(added, 'added')}


def _retrain(model: Any, config: Config, args: argparse.Namespace,
             trained: ClassSplit) -> None:
    steps = bank_steps(config, args.bank, trained, model, args.seed)
    accuracy = retrain_classifier(model, steps, iterations=args.iterations)
    print(f'retrained the classifier for {args.iterations} steps: '
          f'{accuracy["seen"]:.1f} % of seen and '
          f'{accuracy["generated"]:.1f} % of generated features are right')


def bank_steps(config: Config, bank: str | None, split: ClassSplit,
               model: Any, seed: int) -> Iterator[FeatureSets]:
    """Yield steps of the feature bank that the model was trained on.

    Args:
        config: The model's config.
        bank: Folder, instead of the config's.
        split: The split that the bank was made with.
        model: The segmentor.
        seed: Of the drawings.

    Raises:
        ValueError: No bank is named, or it is another model's.
    """
    data = (config.get('train_dataloader') or {}).get('dataset') or {}
    data = data if data.get('type') == 'FeatureBankDataset' else {}
    path = bank or data.get('bank') or config.get('feature_bank', {}).get(
        'path')
    if not path:
        raise ValueError(
            'this model learns added classes from a feature bank, and the '
            'config names none: give --bank, made by '
            'mmseg-zeroshot build-feature-bank CONFIG STEP_0.pth')
    seen = data.get('checkpoint')
    dataset = FeatureBankDataset(
        path, split, num_vectors=model.decode_head.num_vectors, seed=seed,
        checkpoint=seen if seen and os.path.isfile(seen) else None,
        feature_dim=model.decode_head.feature_channels,
        missing=data.get('missing', 'error'))
    device = next(model.parameters()).device
    for index in range(len(dataset)):
        item = dataset[index]
        yield FeatureSets(*(item[name] for name in FeatureSets._fields)).to(
            device)


def segment(predictor: Predictor, photos: Sequence[Photo],
            writer: PredictionWriter, batch_size: int) -> list[str]:
    """Segment photos and write what is found, showing progress.

    Args:
        predictor: The model.
        photos: The photos.
        writer: Where results go.
        batch_size: Most photos at a time.

    Returns:
        Why some could not be segmented.
    """
    problems = []
    bar = ProgressBar(len(photos))
    waiting = deque(batches(photos, batch_size))
    while waiting:
        batch = waiting.popleft()
        try:
            results = predictor.predict([photo.path for photo in batch])
        except (OSError, AssertionError, ValueError) as error:
            # MMCV asserts that an image could be decoded.
            if len(batch) > 1:  # the others are to be segmented
                waiting.extend([photo] for photo in batch)
            else:
                problems.append(
                    f'{batch[0].path} cannot be segmented: {error}')
            continue
        for photo, ids in zip(batch, results):
            writer.write(photo.path, ids)
            bar.update()
    print()
    return problems


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: Something does not fit, or an image could not be
            segmented; then all others have been.
    """
    photos, unreadable = usable(find_images(args.images), args.max_pixels)
    problems = list(unreadable)
    with quiet():
        config = load_config(args)
        predictor = Predictor(config, args.checkpoint, device=args.device,
                              show_progress=False)
    model = predictor.model
    groups = change_words(model, config, args)
    writer = PredictionWriter(
        args.out_dir, list(groups), groups, img_out_dir=args.img_out_dir,
        pred_out_dir=args.pred_out_dir, opacity=args.opacity,
        with_labels=not args.no_labels)
    try:
        problems += segment(predictor, photos, writer, args.batch_size)
    finally:
        path = writer.finish(config=args.config, checkpoint=args.checkpoint,
                             skipped=problems)
    print(f'written to {path.parent}')
    for problem in problems:
        print(f'skipped: {problem}', file=sys.stderr)
    if problems:
        raise ValueError(f'{len(problems)} of '
                         f'{len(photos) + len(unreadable)} images skipped')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error or where an image is skipped.
    """
    return exit_code(lambda: run(parse_args(argv)), RuntimeError)
