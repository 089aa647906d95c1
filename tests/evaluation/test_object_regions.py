import numpy as np

from mmseg_zeroshot.evaluation.object_regions import count_regions


def test_pixels_that_touch_are_one_region():
    label = np.array([
        [5, 5, 0, 0, 2],
        [0, 0, 5, 0, 2],
        [2, 0, 0, 0, 0],
        [2, 0, 255, 5, 5],
    ])
    # The fives of the first rows touch diagonally; those below do not.
    assert count_regions(label, [5, 2, 0, 7]).tolist() == [2, 2, 1, 0]
    assert count_regions(label, []).tolist() == []


def test_order_and_other_ids_do_not_matter():
    rng = np.random.default_rng(0)
    label = rng.integers(-1, 5, (20, 30))
    label[rng.random(label.shape) < .2] = 255
    forward = count_regions(label, [0, 1, 2, 3, 4])
    assert count_regions(label, [4, 3, 2, 1, 0]).tolist() == (
        forward[::-1].tolist())
    assert count_regions(label[:, ::-1], [2]).tolist() == [forward[2]]
    only = np.where(label == 3, 3, 0)
    assert count_regions(only, [3]).tolist() == [forward[3]]
    assert forward.min() > 3
