"""A synthetic data set in the format of res101.mat and att_splits.mat."""
from pathlib import Path

import numpy as np
from scipy.io import savemat

NUM_CLASSES, PER_CLASS = 16, 20
VALIDATION, UNSEEN = (10, 11, 12), (13, 14, 15)


def contents(seed: int = 0, noise: float = .6) -> tuple[dict, dict]:
    """Features that are a linear map of attributes, with noise.

    As in the real files, train_loc and val_loc hold all images of seen
    classes, those of test_seen_loc too.
    """
    rng = np.random.default_rng(seed)
    attributes = rng.normal(size=(6, NUM_CLASSES))
    attributes /= np.linalg.norm(attributes, axis=0)
    labels = np.repeat(np.arange(NUM_CLASSES), PER_CLASS)
    labels = rng.permutation(labels)
    features = rng.normal(size=(24, 6)) @ attributes[:, labels]
    features += noise * rng.normal(size=features.shape)
    unseen = np.isin(labels, UNSEEN)
    seen = np.flatnonzero(~unseen)
    test_seen, trainval = seen[::5], np.setdiff1d(seen, seen[::5])
    validation = np.isin(labels, VALIDATION)

    def places(indices: np.ndarray) -> np.ndarray:
        return (np.asarray(indices) + 1.).reshape(-1, 1)

    names = np.empty((NUM_CLASSES, 1), object)
    names[:, 0] = [f'class {i}' for i in range(NUM_CLASSES)]
    return (
        dict(features=features, labels=labels.reshape(-1, 1) + 1.),
        dict(att=attributes, allclasses_names=names,
             trainval_loc=places(trainval), test_seen_loc=places(test_seen),
             test_unseen_loc=places(np.flatnonzero(unseen)),
             train_loc=places(np.setdiff1d(seen, np.flatnonzero(validation))),
             val_loc=places(np.flatnonzero(validation))))


def write(folder: Path, features: dict, splits: dict) -> tuple[str, str]:
    """Write both files, as MATLAB 5 does."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = str(folder / 'res101.mat'), str(folder / 'att_splits.mat')
    for path, content in zip(paths, (features, splits)):
        savemat(path, content)
    return paths
