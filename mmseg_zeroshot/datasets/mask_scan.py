"""What can be known about a data set's files before training starts."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from mmseg_zeroshot.utils.found_files import explain_missing, is_local
from mmseg_zeroshot.utils.label_values import no_label
from mmseg_zeroshot.utils.progress import progress


def scan_masks(infos: Sequence[dict],
               load: Callable[[dict], np.ndarray],
               class_ids: Sequence[int],
               num_threads: int | None = None) -> np.ndarray:
    """Find the images that hold a pixel of given classes.

    All label maps are read once, in threads (decoding frees Python's lock).

    Args:
        infos: One data info per image.
        load: Returns the checked label map (H, W) of an info.
        class_ids: The classes to look for.
        num_threads: Threads that read. Default: one per core, at most 8.

    Returns:
        (len(infos),) bool.
    """
    wanted = list(class_ids)

    def holds(info: dict) -> bool:
        labels = load(info)
        return bool(_present(labels, np.iinfo(labels.dtype).max + 1)
                    [wanted].any())

    return _of_all(infos, holds, num_threads)


def scan_classes(infos: Sequence[dict],
                 load: Callable[[dict], np.ndarray],
                 num_classes: int,
                 num_threads: int | None = None) -> np.ndarray:
    """Find the class ids of every label map.

    Args:
        infos: One data info per image.
        load: Returns the checked label map (H, W) of an info.
        num_classes: Length K of the class list.
        num_threads: Threads that read. Default: one per core, at most 8.

    Returns:
        (len(infos), K) bool.
    """
    most = no_label(num_classes) + 1
    return _of_all(
        infos, lambda info: _present(load(info), most)[:num_classes],
        num_threads)


def _present(labels: np.ndarray, size: int) -> np.ndarray:
    """Return (size, ) flags of the ids in a label map."""
    found = np.zeros(size, bool)
    found[labels] = True
    return found


def _of_all(infos: Sequence[dict], function: Callable[[dict], Any],
            num_threads: int | None) -> np.ndarray:
    """Stack what a function of a label map gives, in threads."""
    workers = num_threads or min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        try:
            found = progress(
                pool.map(function, infos), len(infos), 'label maps')
            return np.array(list(found), bool)
        except BaseException:
            # The first bad file ends the scan: do not read the rest.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def check_files_exist(infos: Iterable[dict], keys: Sequence[str]) -> None:
    """Raise if a file of a data set is missing.

    Every folder is listed once, which is quick on network disks too. Files
    that are not in a local folder (object storage) are left to the loader.

    Args:
        infos: One data info per image.
        keys: Keys of the infos that hold file names.

    Raises:
        FileNotFoundError: Naming the first missing file and their number.
    """
    folders: dict[str, set[str] | None] = {}
    missing = [
        path for info in infos for path in map(info.get, keys)
        if path and not _exists(os.fspath(path), folders)
    ]
    if missing:
        raise FileNotFoundError(
            f'{len(missing)} files of the data set are missing, the first '
            f'is {missing[0]} ({explain_missing(os.fspath(missing[0]))}): '
            'check data_root, data_prefix, ann_file, img_suffix and '
            'seg_map_suffix')


def _exists(path: str, folders: dict[str, set[str] | None]) -> bool:
    if not is_local(path):
        return True
    folder, name = os.path.split(path)
    if folder not in folders:
        folders[folder] = (
            set(os.listdir(folder or '.'))
            if os.path.isdir(folder or '.') else None)
    names = folders[folder]
    return names is not None and name in names
