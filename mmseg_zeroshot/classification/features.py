"""Zero-shot image classification data: features and attributes of classes."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import matfile_version

from .mat_structure import check_structure

FEATURE_KEYS = ('features', 'labels')
_LEVEL_5 = 1
SPLIT_KEYS = ('att', 'allclasses_names', 'trainval_loc', 'train_loc',
              'val_loc', 'test_seen_loc', 'test_unseen_loc')


@dataclass(frozen=True)
class AttributeFeatures:
    """Image features, class attributes and the proposed splits.

    Ids and indices count from 0, unlike those in the files.

    Attributes:
        features: (N, D) float32.
        labels: (N, ) class ids, int64.
        attributes: (C, d) float32.
        classes: C names.
        trainval: Indices of the training images, of seen classes.
        train: Those of ``trainval`` that train while something is chosen.
        val: The rest of them, of the held-out validation classes.
        test_seen: Indices of test images of seen classes.
        test_unseen: Indices of test images of unseen classes.
    """

    features: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    attributes: np.ndarray = field(repr=False)
    classes: tuple[str, ...] = field(repr=False)
    trainval: np.ndarray = field(repr=False)
    train: np.ndarray = field(repr=False)
    val: np.ndarray = field(repr=False)
    test_seen: np.ndarray = field(repr=False)
    test_unseen: np.ndarray = field(repr=False)

    @property
    def seen(self) -> np.ndarray:
        """Ids of the seen classes, ascending."""
        return np.unique(self.labels[self.trainval])

    @property
    def unseen(self) -> np.ndarray:
        """Ids of the unseen classes, ascending."""
        return np.unique(self.labels[self.test_unseen])

    @property
    def validation(self) -> np.ndarray:
        """Ids of the validation classes, which are seen, ascending."""
        return np.unique(self.labels[self.val])


def load_attribute_features(features: str | os.PathLike,
                            splits: str | os.PathLike) -> AttributeFeatures:
    """Read and check ``res101.mat`` and ``att_splits.mat``.

    The format of "Zero-Shot Learning: A Comprehensive Evaluation of the
    Good, the Bad and the Ugly" (Xian et al., PAMI 2018), in which CUB, SUN
    and AWA are distributed. Its ``train_loc`` and ``val_loc`` also hold the
    images of ``test_seen_loc``: these are left out here, so that nothing is
    chosen on a test image.

    Args:
        features: File with ``features`` (D, N) and ``labels`` (N, 1).
        splits: File with ``att`` (d, C), ``allclasses_names`` and the
            indices ``trainval_loc``, ``train_loc``, ``val_loc``,
            ``test_seen_loc`` and ``test_unseen_loc``, all from 1.

    Returns:
        The data.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: A file is no ``.mat`` of this format: keys are missing,
            sizes differ, values are no numbers, training and test images or
            their classes overlap; the message names file and key.
    """
    images = _read(features, FEATURE_KEYS)
    given = _read(splits, SPLIT_KEYS)
    table = _matrix(images['features'], 'features', features).T
    labels = _ids(images['labels'], 'labels', features)
    attributes = _matrix(given['att'], 'att', splits).T
    names = tuple(str(np.squeeze(name).item() if np.size(name) else '')
                  for name in np.ravel(given['allclasses_names']))
    if len(table) != len(labels):
        raise ValueError(f'{features}: features is of {len(table)} images '
                         f'(columns), but labels of {len(labels)}')
    if len(attributes) != len(names):
        raise ValueError(f'{splits}: att is of {len(attributes)} classes '
                         f'(columns), but allclasses_names of {len(names)}')
    _check_range(labels, len(names), 'labels', features)
    places = {}
    for key in SPLIT_KEYS[2:]:
        places[key] = _ids(given[key], key, splits)
        _check_range(places[key], len(labels), key, splits)
    _check_disjoint(places, labels, names, splits)
    trainval = places['trainval_loc']
    data = AttributeFeatures(
        features=np.ascontiguousarray(table, np.float32),
        labels=labels,
        attributes=np.ascontiguousarray(attributes, np.float32),
        classes=names,
        trainval=trainval,
        train=np.intersect1d(places['train_loc'], trainval),
        val=np.intersect1d(places['val_loc'], trainval),
        test_seen=places['test_seen_loc'],
        test_unseen=places['test_unseen_loc'])
    _check_validation(data, splits)
    return data


def _read(path: str | os.PathLike,
          keys: Sequence[str]) -> dict[str, np.ndarray]:
    """Read the named variables of a file."""
    if not os.path.isfile(path):
        raise FileNotFoundError(f'no such file: {path}')
    try:
        version = matfile_version(path)[0]
        if version == _LEVEL_5:
            check_structure(path, keys)
            content = loadmat(path, variable_names=list(keys))
    # Of a damaged file SciPy raises any error at all.
    except Exception as error:
        raise ValueError(f'{path} is no .mat file, or is cut off '
                         f'({type(error).__name__}: {error})') from error
    if version != _LEVEL_5:
        raise ValueError(f'{path} is of MATLAB 4, or of MATLAB 7.3, which is '
                         "HDF5: save it there with save(…, '-v7')")
    missing = [key for key in keys if key not in content]
    if missing:
        raise ValueError(f'{path} has no {", ".join(missing)}; it must hold '
                         f'{", ".join(keys)}')
    return content


def _matrix(values: np.ndarray, key: str,
            path: str | os.PathLike) -> np.ndarray:
    if values.ndim != 2 or not np.issubdtype(values.dtype, np.number):
        raise ValueError(f'{path}: {key} must be a matrix of numbers, got '
                         f'{values.dtype} of shape {values.shape}')
    # A sum is finite only if all its parts are, and takes no second copy.
    if not np.isfinite(values.sum(dtype=np.float64)):
        raise ValueError(f'{path}: {key} holds NaN or infinity')
    return values


def _ids(values: np.ndarray, key: str, path: str | os.PathLike) -> np.ndarray:
    """Return numbers from 1, which MATLAB may store as floats, from 0."""
    flat = np.ravel(values)
    whole = flat.astype(np.int64) if np.issubdtype(
        flat.dtype, np.number) else None
    if whole is None or not len(flat) or (whole != flat).any():
        raise ValueError(f'{path}: {key} must hold whole numbers from 1')
    return whole - 1


def _check_range(ids: np.ndarray, size: int, key: str,
                 path: str | os.PathLike) -> None:
    wrong = ids[(ids < 0) | (ids >= size)]
    if len(wrong):
        raise ValueError(f'{path}: {key} holds {wrong[0] + 1}, which is '
                         f'outside 1 to {size}')


def _check_disjoint(places: dict[str, np.ndarray], labels: np.ndarray,
                    names: Sequence[str], path: str | os.PathLike) -> None:
    """Training and test share no image, and unseen classes are unseen."""
    for one, other in (('trainval_loc', 'test_seen_loc'),
                       ('trainval_loc', 'test_unseen_loc'),
                       ('test_seen_loc', 'test_unseen_loc')):
        both = np.intersect1d(places[one], places[other])
        if len(both):
            raise ValueError(
                f'{path}: {one} and {other} share {len(both)} images, the '
                f'first is number {both[0] + 1}')
    unseen = np.unique(labels[places['test_unseen_loc']])
    for key in ('trainval_loc', 'train_loc', 'val_loc'):
        both = np.intersect1d(labels[places[key]], unseen)
        if len(both):
            what = 'validation' if key == 'val_loc' else 'training'
            raise ValueError(
                f'{path}: {names[both[0]]} is a {what} class ({key}) and '
                'unseen (test_unseen_loc)')
    stray = np.setdiff1d(labels[places['test_seen_loc']],
                         labels[places['trainval_loc']])
    if len(stray):
        raise ValueError(f'{path}: {names[stray[0]]} is in test_seen_loc but '
                         'in no image of trainval_loc')


def _check_validation(data: AttributeFeatures,
                      path: str | os.PathLike) -> None:
    for key, indices in (('train_loc', data.train), ('val_loc', data.val)):
        if not len(indices):
            raise ValueError(f'{path}: {key} and trainval_loc have no image '
                             'in common')
    both = np.intersect1d(data.labels[data.train], data.validation)
    if len(both):
        raise ValueError(
            f'{path}: {data.classes[both[0]]} is in train_loc and val_loc; '
            'validation classes must not be trained on')
