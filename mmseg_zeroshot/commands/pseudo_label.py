"""Label unlabelled images with a trained zero-shot model (self-training).

Examples:
    # what to label and where to write is said by the config
    mmseg-zeroshot pseudo-label configs/zs5net/CONFIG.py ZS3NET.pth

    # any zero-shot model; the images are those of its training set
    mmseg-zeroshot pseudo-label configs/spnet/CONFIG.py SPNET.pth \\
        --out work_dirs/pseudo_labels --p 25

Every image is segmented as in a test. Of the pixels that are predicted
as an unseen class, the surest p % of the image are kept, where no seen label
stands. Images without any label of their own are named by a list
(--unlabelled), or are those that mode='drop' leaves out; without either, the
pixels without a seen label are labelled in all images.

Which unseen class a label is of, is never read. That there is one is, by
mode='drop' (per image) and mode='ignore' (per pixel, together with borders and
ignored classes); of the images on a list nothing is read.

The folder gets `maps/*.png` (class ids, 255 where there is none),
`manifest.json` (model, split, p and what every map holds) and `preview.png`.
A killed run goes on when the same command is run again. The log is in a folder
beside it. Training reads the folder by
`ZeroShotDataset(pseudo_labels=dict(path='…'))`.

The config's key, of which the command line changes single values::

    pseudo_labels = dict(path='work_dirs/pseudo_labels', p=25)
"""
from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import mmcv
import numpy as np
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmseg.models import BaseSegmentor
from mmseg.registry import DATASETS
from torch.utils.data import DataLoader, Dataset, Subset

from mmseg_zeroshot.commands._arguments import add_cfg_options, make_parser
from mmseg_zeroshot.datasets import ZeroShotDataset
from mmseg_zeroshot.datasets.self_training.builder import (
    make_pseudo_labels,
    pseudo_label_stamp,
    summary,
)
from mmseg_zeroshot.datasets.self_training.files import map_path, read_map
from mmseg_zeroshot.datasets.self_training.images import UnlabelledImages
from mmseg_zeroshot.datasets.self_training.labeller import Labeller
from mmseg_zeroshot.datasets.self_training.selection import check_percent
from mmseg_zeroshot.engine import ConsistencyHook
from mmseg_zeroshot.engine.hooks.consistency.supervision import (
    stored_supervision,
)
from mmseg_zeroshot.engine.hooks.runner_access import head_split
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils import exit_code
from mmseg_zeroshot.utils.tables import text_table
from mmseg_zeroshot.visualization import save_panel

DEFAULTS: dict[str, Any] = dict(
    path=None, p=25.0, flip=False, scales=[], previews=6)
PREVIEW = 'preview.png'


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('config', help='config of the model and the images')
    parser.add_argument('checkpoint', help='weights of the trained model')
    parser.add_argument('--out', help='folder to write')
    parser.add_argument('--p', type=float, help='percentage that is kept of '
                        "an image's pixels that are predicted unseen "
                        '(default: 25)')
    parser.add_argument('--unlabelled', help='text file of the images whose '
                        'own labels are not used, one name a line')
    parser.add_argument('--flip', action='store_true', default=None,
                        help='keep only what the mirrored image confirms')
    parser.add_argument('--scales', type=float, nargs='+',
                        help='keep only what these sizes confirm, such as '
                        '0.75 1.25')
    parser.add_argument('--previews', type=int,
                        help='images in preview.png (default: 6)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace pseudo-labels of something else')
    add_cfg_options(parser)
    return parser.parse_args(argv)


def load_settings(args: argparse.Namespace,
                  config: Config) -> dict[str, Any]:
    """Join the config's `pseudo_labels` with the command line.

    Args:
        args: What :func:`parse_args` returns.
        config: The config.

    Raises:
        ValueError: A key is unknown, a value out of range, or no folder is
            named.
    """
    given = dict(config.get('pseudo_labels') or {})
    for key in given:
        if key not in DEFAULTS:
            raise ValueError(f"unknown key {key!r} in 'pseudo_labels' of "
                             f'{args.config}.{hint(key, DEFAULTS)}')
    line = dict(path=args.out, p=args.p, flip=args.flip, scales=args.scales,
                previews=args.previews)
    settings = {**DEFAULTS, **given,
                **{k: v for k, v in line.items() if v is not None}}
    check_percent(settings['p'])
    wrong = [s for s in settings['scales'] if not 0 < s <= 4 or s == 1]
    if wrong:
        raise ValueError(f'scales: {wrong[0]} is no other size of an image; '
                         'take numbers such as 0.75 and 1.25')
    if settings['previews'] < 0:
        raise ValueError(f'previews must not be negative, got '
                         f'{settings["previews"]}')
    if not settings['path']:
        raise ValueError(f"{args.config} has no pseudo_labels = dict(path="
                         "'…'): name the folder with --out")
    return settings


def make_dataset(config: Config, listed: str | None) -> ZeroShotDataset:
    """Build the data set of the images to be labelled.

    Args:
        config: Its training set gives the images, its test pipeline how
            they are read.
        listed: List of unlabelled images, instead of the config's.

    Raises:
        ValueError: The training set is not one of images.
    """
    given = dict(config.train_dataloader.dataset)
    if given.get('type') != 'ZeroShotDataset':
        raise ValueError(
            f'{config.filename}: train_dataloader.dataset is a '
            f'{given.get("type")}, not a ZeroShotDataset: take a config '
            'that trains on images, such as those in configs/zs5net')
    own = (given.pop('pseudo_labels', None) or {}).get('unlabelled')
    return DATASETS.build(dict(
        given, test_mode=True,
        pipeline=config.test_dataloader.dataset.pipeline,
        pseudo_labels=UnlabelledImages(listed or own)))


def load_model(config: Config,
               path: str) -> tuple[BaseSegmentor, dict[str, Any]]:
    """Build a runner and load the model's weights, checked by its hooks.

    Args:
        config: The config.
        path: Checkpoint.

    Returns:
        The model in eval mode, and the checkpoint's ``meta``.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: It does not fit (see :class:`ConsistencyHook`), or the
            model is no zero-shot model.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'no such checkpoint: {path}')
    runner = Runner.from_cfg(config)
    if head_split(runner.model) is None:
        raise ValueError(f'{config.filename}: the decode head has no split; '
                         'pseudo-labels are made by a zero-shot model')
    if not any(isinstance(hook, ConsistencyHook) for hook in runner.hooks):
        runner.register_hook(ConsistencyHook())
    checkpoint = runner.load_checkpoint(path)
    return runner.model.eval(), checkpoint.get('meta') or {}


def make_loader(config: Config) -> Callable[[Dataset], DataLoader]:
    """Return what loads batches of a data set as a test does.

    Args:
        config: Its test_dataloader says how.
    """
    given = config.test_dataloader.to_dict()
    return lambda dataset: Runner.build_dataloader(
        dict(given, dataset=dataset))


def draw_preview(path: Path, dataset: ZeroShotDataset,
                 manifest: Mapping[str, Any], labeller: Labeller,
                 count: int) -> None:
    """Draw images that got pseudo-labels, evenly spaced in the data set.

    Args:
        path: PNG file to write.
        dataset: The images.
        manifest: What they got.
        labeller: Says what the model predicts.
        count: Number of images; none for 0.
    """
    images, names = manifest['images'], dataset.image_names
    places = [i for i, name in enumerate(names) if images[name]['kept']]
    count = min(count, len(places))
    if not count:
        return
    chosen = [places[i] for i in
              np.linspace(0, len(places) - 1, count).astype(int)]
    rows, remaining = [], iter(chosen)
    for batch in labeller.loader(Subset(dataset, chosen)):
        for sample in labeller.predict(batch)[0]:
            own, seen = sample.gt_sem_seg.data, sample.pred_sem_seg.data
            name = names[next(remaining)]
            rows.append([
                mmcv.imread(sample.img_path, channel_order='rgb'),
                own[0].cpu().numpy(), seen[0].cpu().numpy(),
                read_map(map_path(path.parent, name))])
    save_panel(path, rows, classes=dataset.split.classes,
               unseen=dataset.split.unseen, grey='no label',
               titles=('image', 'its own labels', 'prediction',
                       'pseudo-labels'))


def run(args: argparse.Namespace) -> None:
    """Make the pseudo-labels that the arguments ask for.

    Args:
        args: What :func:`parse_args` returns.
    """
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options)
    settings = load_settings(args, config)
    folder = Path(settings['path'])
    config.work_dir = str(folder.with_name(f'{folder.name}-log'))
    init_default_scope('mmseg')
    dataset = make_dataset(config, args.unlabelled)
    model, meta = load_model(config, args.checkpoint)
    views = {key: settings[key] for key in ('flip', 'scales')}
    labeller = Labeller(model, make_loader(config), percent=settings['p'],
                        **views)
    trained = (meta.get('dataset_meta') or {}).get('pseudo_labels') or {}
    stamp = pseudo_label_stamp(
        dataset, checkpoint=args.checkpoint,
        supervision=stored_supervision(meta),
        config=what_decides(config), gamma=model.decode_head.gamma,
        p=settings['p'], views=views, number=trained.get('round', 0) + 1)
    manifest = make_pseudo_labels(
        folder, dataset, label_images=partial(labeller, dataset),
        stamp=stamp, overwrite=args.overwrite,
        report=partial(print, flush=True))
    print(text_table(summary(manifest)))
    draw_preview(folder / PREVIEW, dataset, manifest, labeller,
                 settings['previews'])
    print(f'written to {folder}')


def what_decides(config: Config) -> dict[str, Any]:
    """Return the parts of a config that predictions depend on.

    Args:
        config: The config.
    """
    model = config.model.to_dict()
    head = model['decode_head']
    # What is trained, and how, is not asked.
    for part in (head, head.get('host') or {}):
        for key in ('phase', 'trains_unseen', 'loss_decode'):
            part.pop(key, None)
    (head.get('generator') or {}).pop('loss', None)
    pipeline = config.test_dataloader.dataset.pipeline
    return dict(model=model, pipeline=[dict(step) for step in pipeline])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)), RuntimeError)
