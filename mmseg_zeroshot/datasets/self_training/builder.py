"""Make pseudo-labels of a data set's images; a killed run goes on."""
from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmseg_zeroshot.datasets.fingerprints import (
    differences,
    file_contents,
    fingerprint,
)
from mmseg_zeroshot.datasets.protocols import NamedDataset
from mmseg_zeroshot.utils import file_sha256
from mmseg_zeroshot.utils.progress import progress
from mmseg_zeroshot.utils.typing_utils import ConfigPart, JSONValue, Report

from .files import (
    FORMAT,
    MANIFEST,
    RUNNING,
    VERSION,
    ImageEntry,
    Manifest,
    Note,
    PseudoStamp,
    flat_palette,
    map_path,
    read_manifest,
    read_note,
    read_stamp,
    write_json,
    write_map,
)
from .selection import check_percent

_WRITERS = 2
# Maps that wait for a writer: a slow disk must not fill the memory.
_WAITING = 64


class Labelled(NamedTuple):
    """One image's pseudo-labels.

    Attributes:
        name: Name of the image.
        labels: (H, W) uint8 class ids, 255 where there is none; uint16 and
            65535 where there are more than 255 classes.
        predicted: Number of pixels that were predicted unseen.
    """

    name: str
    labels: np.ndarray
    predicted: int


def pseudo_label_stamp(dataset: NamedDataset, *, checkpoint: str | os.PathLike,
                       supervision: str | None, config: object,
                       gamma: float, p: float, views: ConfigPart,
                       number: int) -> PseudoStamp:
    """Say what pseudo-labels are going to be made from.

    Args:
        dataset: A :class:`ZeroShotDataset` of the images to be labelled
            (with :class:`UnlabelledImages`).
        checkpoint: File of the model.
        supervision: What the model might see, None if it does not say.
        config: What else decides about predictions; its fingerprint counts.
        gamma: The model's calibration factor.
        p: Percentage of the pixels predicted unseen that is kept.
        views: Other views of an image that must agree; none is empty.
        number: 1 for pseudo-labels of a zero-shot model, 2 for those of
            a model trained on these, and so on.

    Returns:
        Plain values by ``STAMP_KEYS``; ``data`` says, by name, what is in
        the image files.

    Raises:
        ValueError: ``p`` is out of range.
        OSError: An image cannot be read.
    """
    return PseudoStamp(
        format=FORMAT, version=VERSION, checkpoint=file_sha256(checkpoint),
        checkpoint_name=os.path.basename(checkpoint),
        supervision=supervision,
        round=number, config=fingerprint(config),
        split=dataset.split.to_dict(), gamma=float(gamma),
        p=check_percent(p), views=dict(views), mode=dataset.mode,
        listed=dataset.unlabelled_list is not None,
        data=_contents(dataset))


def make_pseudo_labels(path: str | os.PathLike, dataset: NamedDataset, *,
                       label_images: Callable[[Sequence[int]],
                                              Iterable[Labelled]],
                       stamp: PseudoStamp,
                       overwrite: bool = False,
                       report: Report = print
                       ) -> Manifest:
    """Write a pseudo-label map for each image of a data set.

    A map that an earlier run of the same stamp left is kept; the manifest
    is written when all are there.

    Args:
        path: Folder.
        dataset: The images to be labelled.
        label_images: From positions in the data set to their pseudo-labels,
            in that order.
        stamp: Of :func:`pseudo_label_stamp`.
        overwrite: Replace pseudo-labels of another stamp.
        report: Takes lines about the progress.

    Returns:
        The manifest.

    Raises:
        ValueError: Something else is at ``path``.
        OSError: The disk is full; finished maps stay.
    """
    folder, wanted = Path(path), dict(stamp)
    # The file of the model may be renamed: its content counts.
    del wanted['checkpoint_name']
    run = fingerprint(wanted)
    _prepare(folder, wanted, overwrite)
    names = dataset.image_names
    notes = {name: note for name in names
             if (note := read_note(map_path(folder, name))) is not None
             and note.get('run') == run}
    todo = [i for i, name in enumerate(names) if name not in notes]
    if (folder / MANIFEST).is_file() and not todo:
        report(f'{folder} is up to date')
        return read_manifest(folder)
    write_json(folder / RUNNING, stamp)
    (folder / MANIFEST).unlink(missing_ok=True)
    if notes:
        report(f'going on: {len(notes)} of {len(names)} images are done')
    palette = flat_palette(dataset.metainfo.get('palette') or ())
    labelled = progress(label_images(todo), len(todo), 'images')
    for name, note in _write_all(folder, labelled, palette, run):
        notes[name] = note
    manifest: Manifest = {
        **stamp, 'images': _entries(folder, dataset, notes)}
    write_json(folder / MANIFEST, manifest)
    (folder / RUNNING).unlink(missing_ok=True)
    return manifest


def summary(manifest: Manifest) -> list[list[str]]:
    """Return a table of what was kept, a row for each unseen class.

    Args:
        manifest: Of finished pseudo-labels.
    """
    split = manifest['split']
    rows = [['class', 'images', 'pixels']]
    for name in split['unseen']:
        key = str(split['classes'].index(name))
        kept = [entry['kept'].get(key, 0)
                for entry in manifest['images'].values()]
        rows.append([name, str(np.count_nonzero(kept)), str(sum(kept))])
    images = manifest['images'].values()
    total = sum(sum(entry['kept'].values()) for entry in images)
    predicted = sum(entry['predicted'] for entry in images)
    rows.append([f'all, of {predicted} pixels predicted unseen',
                 str(sum(bool(entry['kept']) for entry in images)),
                 str(total)])
    return rows


def _prepare(folder: Path, stamp: Mapping[str, JSONValue],
             overwrite: bool) -> None:
    """Leave what may be gone on with, or an empty folder."""
    if not folder.exists() or (
            folder.is_dir() and not any(folder.iterdir())):
        return
    found = read_stamp(folder / RUNNING) or read_stamp(folder / MANIFEST)
    if found is None or found.get('format') != FORMAT:
        # Never a user's own folder.
        raise ValueError(f'{folder} is there already and holds no '
                         'pseudo-labels: choose another folder')
    wrong = differences({key: value for key, value in stamp.items()
                         if key != 'data'}, found)
    wrong += _other_images(stamp['data'], found.get('data'))
    if not wrong:
        return
    if not overwrite:
        raise ValueError(
            f'{folder} has pseudo-labels that were made from something '
            f'else: {"; ".join(wrong)}. Choose another folder, or replace '
            'them with --overwrite')
    shutil.rmtree(folder)


def _contents(dataset: NamedDataset) -> dict[str, str]:
    """Return what is in each image file, by the image's name."""
    paths = [dataset.get_data_info(i)['img_path']
             for i in range(len(dataset))]
    return dict(zip(dataset.image_names, file_contents(paths)))


def _other_images(wanted: Mapping[str, str], found: object) -> list[str]:
    """Say how the images of two stamps differ; nothing if they do not."""
    if wanted == found:
        return []
    if not isinstance(found, Mapping):
        return ['it does not say of which images']
    changed = [name for name in wanted
               if name in found and found[name] != wanted[name]]
    if changed:
        return [f'image {changed[0]!r} is another one '
                f'({len(changed)} of {len(wanted)} are)']
    other = sorted(set(wanted) ^ set(found))
    return [f'{len(found)} images instead of {len(wanted)}, '
            f'the first that differs is {other[0]!r}']


def _write_all(folder: Path, labelled: Iterable[Labelled],
               palette: Sequence[int],
               run: str) -> Iterator[tuple[str, Note]]:
    """Write maps in threads while the next images are labelled."""
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(_WRITERS) as pool:
        for item in labelled:
            waiting.append(pool.submit(_write, folder, item, palette, run))
            while len(waiting) > _WAITING or (
                    waiting and waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _write(folder: Path, item: Labelled, palette: Sequence[int],
           run: str) -> tuple[str, Note]:
    labelled = item.labels[item.labels != np.iinfo(item.labels.dtype).max]
    counts = np.bincount(labelled)
    note = Note(run=run, predicted=int(item.predicted),
                kept={str(i): int(counts[i]) for i in np.flatnonzero(counts)})
    write_map(map_path(folder, item.name), item.labels, palette, note)
    return item.name, note


def _entries(folder: Path, dataset: NamedDataset,
             notes: Mapping[str, Note]) -> dict[str, ImageEntry]:
    """Return what the manifest says of each image."""
    return {
        name: ImageEntry(
            unlabelled=dataset.get_data_info(i)['unlabelled'],
            predicted=notes[name]['predicted'], kept=notes[name]['kept'],
            bytes=map_path(folder, name).stat().st_size)
        for i, name in enumerate(dataset.image_names)
    }
