"""Build a feature bank with several processes; a killed build goes on."""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from mmseg_zeroshot.datasets.fingerprints import (
    differences,
    file_contents,
    fingerprint,
)
from mmseg_zeroshot.datasets.protocols import SampleDataset
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils import file_sha256
from mmseg_zeroshot.utils.locks import Locked, locked
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .bank import FeatureBank
from .graphs import check_graph_options
from .merge import merge_shards
from .shard_reader import read_shard_stamp
from .shards import Extract, ShardPlan
from .stamp import (
    FORMAT,
    VERSION,
    BuildStamp,
    check_files,
    check_numbers,
    is_bank,
    read_stamp,
)
from .workers import Progress, Report, extract_all

SHARD_IMAGES = 32
"""Images of a shard: what a killed process loses at most."""


def build_feature_bank(path: str | os.PathLike,
                       *,
                       make_dataset: Callable[[], SampleDataset],
                       make_extract: Callable[[str], Extract],
                       checkpoint: str | os.PathLike,
                       config: object = None,
                       settings: ConfigPart | None = None,
                       views: int = 1,
                       max_vectors: int = 128,
                       graphs: ConfigPart | None = None,
                       seed: int = 0,
                       batch_size: int = 8,
                       workers: int = 0,
                       devices: Sequence[str] = ('cpu', ),
                       overwrite: bool = False,
                       report: Report = print) -> FeatureBank:
    """Extract class-balanced pixel features of a training set, once.

    At most ``max_vectors`` pixels of each class are taken from each view of
    each image. The default for VOC-aug is 10,582 images x about 2.5 classes
    x 128 vectors x 256 channels x 2 bytes = 1.7 GB, and the same again for
    the shards until the bank is finished.

    Which pixels are chosen, and by which augmentation, depends on ``seed``,
    the image and the view, and not on the number of processes (which share
    the threads, so a network may round its features otherwise). Shards of 32
    images are kept in ``<path>.shards`` until the bank is finished: after a
    crash, run the same call again.

    Args:
        path: Folder of the bank.
        make_dataset: Makes a :class:`ZeroShotDataset` of mode 'ignore' or
            'drop' whose pipeline packs samples. It and ``make_extract`` are
            called once in each process, so with workers they must be
            functions of a module (or partials of such).
        make_extract: From a device to the frozen network: in eval mode, it
            takes ``dict(inputs=[...], data_samples=[...])`` of images of
            one size and returns (N, C, h, w) features.
        checkpoint: File of the network; its SHA-256 goes into the stamp.
        config: What else decides about the features (model and data set);
            its fingerprint goes into the stamp.
        settings: What of it a training from the bank can compare with its
            own config (:func:`feature_settings`); goes into the stamp as it
            is. Default: None, nothing is compared.
        views: Augmented views of each image. Default: 1.
        max_vectors: Most pixels of one class in one view. Default: 128.
        graphs: Also keep each view's region graph, for graph context: a dict
            with ``min_pixels`` (of the smallest region that becomes a node,
            at feature resolution; default 4) and ``pixels`` (single pixels
            kept of each node beside their mean; default 8). Default: None,
            no graphs.
        seed: Seed of every drawing. Default: 0.
        batch_size: Images of a batch. Default: 8.
        workers: Number of processes; 0 works in this one. Default: 0.
        devices: Devices, given to the processes in turn.
        overwrite: Replace a bank that was made from something else.
        report: Takes lines about the progress.

    Returns:
        The bank, opened. If it was there already, nothing is built.

    Raises:
        ValueError: A number is out of range; the data set is of the wrong
            mode; a bank of something else is at ``path``; a hidden label
            or a feature that is not finite was met.
        OSError: The disk is full; finished shards stay.
        RuntimeError: A process died, or another build of this bank runs.
    """
    check_numbers(views=(views, 1), max_vectors=(max_vectors, 1),
                  seed=(seed, 0), batch_size=(batch_size, 1),
                  workers=(workers, 0))
    target = Path(path)
    dataset = make_dataset()
    stamp = build_stamp(dataset, checkpoint=checkpoint, config=config,
                        views=views, max_vectors=max_vectors, graphs=graphs,
                        seed=seed, settings=settings)
    folder = target.with_name(f'{target.name}.shards')
    if _is_there(target, stamp, overwrite):
        report(f'{target} is up to date')
        _remove_shards(folder)
        return FeatureBank.open(target)
    plan = ShardPlan(folder, stamp, batch_size)
    with _locked(folder):
        todo = unfinished_shards(plan, report)
        extract_all(plan, todo, dataset, make_dataset=make_dataset,
                    make_extract=make_extract, workers=workers,
                    devices=devices, progress=Progress(plan, todo, report))
        merge_shards(plan, target)
    shutil.rmtree(folder, ignore_errors=True)
    bank = FeatureBank.open(target)
    _report_bank(bank, report)
    return bank


def build_stamp(dataset: SampleDataset, *,
                checkpoint: str | os.PathLike, config: object, views: int,
                max_vectors: int, seed: int,
                graphs: ConfigPart | None = None,
                settings: ConfigPart | None = None) -> BuildStamp:
    """Say what a bank is going to be made from.

    Args:
        dataset: The data set; its metainfo has ``split`` and ``split_mode``.
        checkpoint: File of the network.
        config: What else decides about the features.
        views: Views of each image.
        max_vectors: Most pixels of one class in one view.
        seed: The seed.
        graphs: What to keep of region graphs.
        settings: What a training can compare.

    Returns:
        The stamp, without what is known at the end only.

    Raises:
        ValueError: The data set does not hide its unseen classes, or
            ``graphs`` holds something unknown.
        OSError: An image or a mask is missing.
    """
    meta = dataset.metainfo
    if meta.get('split_mode') not in ('ignore', 'drop') or 'split' not in meta:
        raise ValueError(
            'a feature bank is built from a ZeroShotDataset with '
            f"mode='ignore' or 'drop', got {meta.get('split_mode')!r}: labels "
            'of unseen classes must not reach it')
    split = build_split(meta['split']).to_dict()
    palette = [list(map(int, color)) for color in meta.get('palette') or ()]
    stamp = BuildStamp(
        format=FORMAT, version=VERSION, checkpoint=file_sha256(checkpoint),
        config=fingerprint(config), data=_data_fingerprint(dataset),
        split=split, split_mode=meta['split_mode'], palette=palette,
        images=len(dataset), views=views, max_vectors=max_vectors, seed=seed,
        shard_images=SHARD_IMAGES)
    if settings:
        stamp['settings'] = dict(settings)
    options = check_graph_options(graphs)
    if options is not None:
        # A bank with graphs also serves where none are asked for.
        stamp['graphs'] = options
    return stamp


def _data_fingerprint(dataset: SampleDataset) -> str:
    """Tell data sets apart by names and contents of images and masks."""
    if not hasattr(dataset, 'get_data_info'):
        return fingerprint(None)
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    files = [info[key] for info in infos
             for key in ('img_path', 'seg_map_path') if info.get(key)]
    # Names without folders: data may move.
    names = [os.path.basename(str(info.get('img_path'))) for info in infos]
    return fingerprint([names, file_contents(files)])


def unfinished_shards(plan: ShardPlan, report: Report) -> list[int]:
    """Find what an earlier run left, and remove what is of no use.

    Args:
        plan: The plan.
        report: Told what is kept and what is discarded, and why.

    Returns:
        Indices of the shards that are to be built.
    """
    for half in plan.folder.glob('.*.part'):
        half.unlink()
    kept, reasons = set(), []
    ours = {plan.path(i): i for i in range(plan.count)}
    for path in sorted(plan.folder.glob('shard-*.npz')):
        stamp = read_shard_stamp(path)
        wrong = (['unreadable'] if stamp is None
                 else differences(plan.stamp, stamp))
        if wrong or path not in ours:
            reasons.append('; '.join(wrong) or 'not part of this build')
            path.unlink()
        else:
            kept.add(ours[path])
    if reasons:
        report(f'discarded {len(reasons)} stale shard(s) in {plan.folder}: '
               f'{reasons[0]}')
    if kept:
        report(f'going on: {len(kept)} of {plan.count} shards are finished')
    return [i for i in range(plan.count) if i not in kept]


def _is_there(target: Path, stamp: BuildStamp,
              overwrite: bool) -> bool:
    """Whether the wanted bank is finished; raises on another one."""
    if not target.exists():
        return False
    try:
        found = read_stamp(target)
        wrong = differences(stamp, found)
        if not wrong:
            check_files(target, found)
            return True
        reason = f'{target} was made from something else: {"; ".join(wrong)}'
    except (ValueError, NotADirectoryError, FileNotFoundError) as error:
        reason = str(error)
        if not is_bank(target):
            # Never a user's own folder.
            raise ValueError(f'{target} is there already and is not a feature'
                             ' bank: choose another path') from error
    if overwrite:
        return False
    raise ValueError(f'{reason}. Choose another path, or pass overwrite=True '
                     '(--overwrite) to build it again')


def _remove_shards(folder: Path) -> None:
    """Remove what a killed build left, not what another one works on."""
    if folder.exists():
        with suppress(Locked), _locked(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _report_bank(bank: FeatureBank, report: Report) -> None:
    split = bank.split
    absent = [c for c, i in zip(split.seen, split.seen_ids)
              if not bank.vectors[i]]
    report(f'{bank.path}: {bank.vectors.sum()} vectors of '
           f'{bank.feature_dim} channels, '
           f'{len(split.seen) - len(absent)} of {len(split.seen)} seen '
           'classes')
    if bank.stamp.get('graphs'):
        report(f'{bank.path}: {bank.stamp["graph_count"]} graphs of '
               f'{bank.stamp["graph_nodes"]} nodes and '
               f'{bank.stamp["graph_edges"]} edges')
    if absent:
        report(f'no pixel of {", ".join(absent)}: FeatureBankDataset will '
               "refuse this bank unless missing='skip'")


def _locked(folder: Path) -> AbstractContextManager[None]:
    """Keep a second build out of the shards."""
    return locked(folder, 'builds this bank', 'wait for it or stop it')
