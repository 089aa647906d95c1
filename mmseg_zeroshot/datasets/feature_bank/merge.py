"""Shards become a bank: one pass, little memory, all or nothing."""
from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from mmseg_zeroshot.utils.io import explain_full_disk

from .checksums import write_checksums
from .graphs import GRAPH_FILES, graph_bytes, graph_totals, write_graphs
from .npy_rows import write_header
from .shard_reader import read_shard
from .shards import FULL_DISK, ShardPlan
from .stamp import CHECKSUMS, FEATURES, IMAGES, STAMP, BankStamp

GROUP_BYTES = 128 << 20
"""Features that are in memory at once."""


def merge_shards(plan: ShardPlan, target: Path) -> BankStamp:
    """Write a bank from all shards of a build.

    Some shards, themselves random samples of the images, are read at a time
    and their rows mixed within each class, so neighbours in the bank come
    from many images. Files are written in long runs: the time grows with
    the size of the bank and the memory does not.

    Args:
        plan: The finished build.
        target: Folder of the bank; an old one there is replaced at the end.

    Returns:
        The bank's stamp.

    Raises:
        ValueError: The shards hold no pixel, differ in width, or one is
            damaged.
        OSError: The disk is full.
    """
    paths = [plan.path(i) for i in range(plan.count)]
    stamp = cast(BankStamp, {
        **plan.stamp, **_sizes(paths, plan.split.num_classes),
        **(graph_totals(paths) if plan.stamp.get('graphs') else {})})
    # Beside the shards: what a killed run leaves goes with them.
    temporary = plan.folder / 'bank.part'
    shutil.rmtree(temporary, ignore_errors=True)
    needed = _bytes(stamp)
    with explain_full_disk(target, needed=needed, advice=FULL_DISK):
        # Now, not at the end of the long part.
        if shutil.disk_usage(plan.folder).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        try:
            temporary.mkdir()
            _write(temporary, stamp, paths)
            _replace(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return stamp


def _sizes(paths: Sequence[Path], num_classes: int) -> dict[str, Any]:
    """First pass: how many rows and pixels each class has."""
    vectors = np.zeros(num_classes, np.int64)
    pixels = np.zeros(num_classes, np.int64)
    widths = set()
    for path in paths:
        ids, counts, features = read_shard(path, 'class_ids', 'pixel_counts',
                                           'features')
        vectors += np.bincount(ids, minlength=num_classes)
        pixels += counts
        if len(ids):
            widths.add(features.shape[1])
    if len(widths) != 1:
        raise ValueError(
            'the extractor returned features of different widths: '
            f'{sorted(widths)}' if widths else
            'no image has a labelled pixel: the bank would be empty')
    offsets = np.concatenate([[0], np.cumsum(vectors)])
    return dict(feature_dim=int(widths.pop()), vectors=vectors.tolist(),
                pixel_counts=pixels.tolist(), offsets=offsets.tolist())


def _bytes(stamp: BankStamp) -> int:
    """Return the bytes of a bank's vectors and graphs."""
    needed = stamp['offsets'][-1] * (2 * stamp['feature_dim'] + 4)
    if stamp.get('graphs'):
        needed += graph_bytes(stamp)
    return needed


def _write(folder: Path, stamp: BankStamp, paths: Sequence[Path]
           ) -> None:
    """Second pass: move all rows; the stamp comes last."""
    rows, width = stamp['offsets'][-1], stamp['feature_dim']
    rng = np.random.default_rng([stamp['seed'], 0x3e])
    with (open(folder / FEATURES, 'wb') as features,
          open(folder / IMAGES, 'wb') as images):
        start = [write_header(features, (rows, width), np.float16),
                 write_header(images, (rows, ), np.int32)]
        cursor = np.array(stamp['offsets'][:-1])
        for vectors, ids, sources in _groups(paths, rng, width):
            for class_id in np.unique(ids):
                chosen = rng.permutation(np.flatnonzero(ids == class_id))
                place = int(cursor[class_id])
                features.seek(start[0] + place * width * 2)
                features.write(vectors[chosen].data)
                images.seek(start[1] + place * 4)
                images.write(sources[chosen].data)
                cursor[class_id] += len(chosen)
        for file in (features, images):
            file.flush()
            os.fsync(file.fileno())
    names = [FEATURES, IMAGES]
    if stamp.get('graphs'):
        write_graphs(folder, paths, stamp)
        names += GRAPH_FILES.values()
    write_checksums(folder, names)
    names.append(CHECKSUMS)
    stamp['files'] = {name: (folder / name).stat().st_size for name in names}
    (folder / STAMP).write_text(json.dumps(stamp, indent=1), 'utf-8')


def _groups(paths: Sequence[Path], rng: np.random.Generator, width: int
            ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield features, class ids and images of some shards together."""
    waiting: list[tuple[np.ndarray, ...]] = []
    size = 0
    for index in rng.permutation(len(paths)):
        part = read_shard(paths[index], 'features', 'class_ids', 'images')
        if len(part[1]):
            waiting.append(part)
            size += part[0].nbytes
        if size >= GROUP_BYTES:
            yield _joined(waiting)
            waiting, size = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[tuple[np.ndarray, ...]]
            ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    features, ids, images = (np.concatenate(column) for column in zip(*parts))
    return features, ids, images


def _replace(new: Path, target: Path) -> None:
    """Give a folder its name; an old one of that name goes afterwards."""
    old = new.with_name('bank.old')
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.replace(target, old)
    os.replace(new, target)
    shutil.rmtree(old, ignore_errors=True)
