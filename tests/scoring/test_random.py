"""Random masks, class lists, ignored ids and sizes against plain numbers."""
import math
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mmseg_zeroshot import ClassSplit
from mmseg_zeroshot.scoring.reading import Reading

from .files import both
from .test_folder import score

NAMES = [f'class {i}' for i in range(400)]


@st.composite
def cases(draw):
    """A split, label maps, predictions, and their order of classes."""
    size = draw(st.sampled_from([2, 3, 7, 300, 400]))
    names = NAMES[:size]
    roles = draw(st.lists(st.sampled_from('suui'), min_size=size,
                          max_size=size))
    roles[:2] = 'su'
    split = ClassSplit(names, **{group: [
        name for name, role in zip(names, roles) if role == group[0]]
        for group in ('unseen', 'ignored')})
    ignore = draw(st.sampled_from([size, 255 if size < 255 else 999, 65535]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = draw(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)),
                           min_size=1, max_size=4))
    truth = {f'{i}': random.integers(0, size, shape)
             for i, shape in enumerate(shapes)}
    guess = {name: np.where(random.random(ids.shape) < 0.5, ids,
                            random.integers(0, size, ids.shape))
             for name, ids in truth.items()}
    truth = {name: np.where(random.random(ids.shape) < 0.2, ignore, ids)
             for name, ids in truth.items()}
    # Both groups have a pixel.
    truth['0'] = np.vstack([truth['0'], [[0] * truth['0'].shape[1]],
                            [[1] * truth['0'].shape[1]]])
    guess['0'] = np.vstack([guess['0'], guess['0'][[0, 0]]])
    return split, truth, guess, ignore, random.permutation(size)


def plain(split, truth, guess):
    """The papers' numbers, one class and one pixel after the other."""
    pairs = [(t, p) for name in truth
             for t, p in zip(truth[name].ravel(), guess[name].ravel())
             if t < split.num_classes and t not in split.ignored_ids]
    found = {}
    for group, ids in (('seen', split.seen_ids),
                       ('unseen', split.unseen_ids)):
        ious, accuracies = [], []
        for c in ids:
            both = sum(t == c and p == c for t, p in pairs)
            true, said = (sum(pair[i] == c for pair in pairs) for i in (0, 1))
            if true + said:
                ious.append(both / (true + said - both))
            if true:
                accuracies.append(both / true)
        right = sum(t == p for t, p in pairs if t in ids)
        found[group] = dict(
            PA=100 * right / sum(t in ids for t, _ in pairs),
            MA=100 * sum(accuracies) / len(accuracies),
            mIoU=100 * sum(ious) / len(ious))
    s, u = (found[group]['mIoU'] for group in ('seen', 'unseen'))
    return dict(found, hIoU=2 * s * u / (s + u) if s + u else 0.)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(cases())
def test_scores_are_those_of_plain_arithmetic(case):
    split, truth, guess, ignore, order = case
    names = [split.classes[i] for i in order]
    places = np.argsort(order)
    with tempfile.TemporaryDirectory() as root:
        scored = score(
            *both(Path(root), truth, {name: places[ids]
                                      for name, ids in guess.items()}),
            split=split, read_predictions=Reading(names, first_id=0),
            read_truth=Reading(first_id=0, ignore_index=ignore))
    expected, got = plain(split, truth, guess), scored.record['generalised']
    assert math.isclose(got['hIoU'], expected['hIoU'], rel_tol=1e-12)
    for group in ('seen', 'unseen'):
        for key, value in expected[group].items():
            assert math.isclose(got[group][key], value, rel_tol=1e-12)
