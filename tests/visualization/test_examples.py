"""Which images are shown."""
import numpy as np

from mmseg_zeroshot.visualization import best_and_hardest, choose_images
from mmseg_zeroshot.visualization.examples import class_shares


def label(**pixels: int) -> np.ndarray:
    """A 10x10 map with so many pixels of each class, named 'c<id>'."""
    ids = [int(name[1:]) for name, n in pixels.items() for _ in range(n)]
    return np.array(ids + [0] * (100 - len(ids))).reshape(10, 10)


def test_images_with_most_unseen_classes_are_chosen():
    labels = [label(), label(c5=30), label(c5=20, c6=20), label(c7=9),
              label(c6=50)]
    # The second image first shows two, then 7 is the only one missing.
    assert choose_images(labels, (5, 6, 7), 2) == [2, 3]
    # All were shown: again the most, then the largest.
    assert choose_images(labels, (5, 6, 7), 3) == [2, 3, 4]
    assert len(choose_images(labels, (5, 6, 7), 9)) == 5


def test_shares_of_classes():
    assert class_shares(label(c5=30, c6=20), (6, 5, 9)).tolist() == [
        .2, .3, 0]


def test_best_and_hardest_images():
    nan = float('nan')
    ious = [50., 90., 10., nan, 0., 90.]
    shares = [.1, .1, .2, .5, .001, .3]
    # Neither a speck (4) nor an image without the class (3) counts.
    assert best_and_hardest(ious, shares, 2) == ([5, 1], [2, 0])
    assert best_and_hardest(ious, shares, 1) == ([5], [2])
    # No image is both.
    assert best_and_hardest(ious, shares, 9) == ([5, 1], [2, 0])
    assert best_and_hardest(ious[:1], shares[:1], 2) == ([0], [])
    assert best_and_hardest([nan], [0.], 2) == ([], [])


def test_neighbours_are_left_out_where_others_show_a_class():
    labels = [np.full((4, 4), i) for i in (5, 5, 5, 0, 5, 0, 0, 5)]
    assert choose_images(labels, (5, ), 3) == [0, 1, 2]
    assert choose_images(labels, (5, ), 3, apart=2) == [0, 4, 7]
    assert choose_images(labels, (5, ), 4, apart=2) == [0, 1, 4, 7]
