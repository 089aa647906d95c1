"""What is proposed for a data set."""
import numpy as np
import pytest

from mmseg_zeroshot.experiments.inspection import (
    MaskReport,
    Pair,
    find_words,
)
from mmseg_zeroshot.experiments.proposal import (
    draw_parts,
    known_classes,
    propose_sizes,
    propose_validation,
    propose_workers,
    why_none,
)
from mmseg_zeroshot.semantics import ClassSplit

CLASSES = ('background', 'sheep', 'dog', 'horse', 'person', 'sofa', 'chair',
           'car', 'bus', 'cow', 'cat')
WORDS = 'glove-6b-50d'


def report(tmp_path, images: dict[str, int], total: int = 200) -> MaskReport:
    """A report of which classes so many images hold."""
    holds = np.zeros((total, 256), bool)
    for i, name in enumerate(CLASSES):
        holds[:images.get(name, total), i] = True
    pair = Pair(tmp_path / 'a.jpg', tmp_path / 'a.png')
    return MaskReport(len(CLASSES), total, [pair] * total, holds,
                      holds.sum(0), {}, {}, ())


def proposed(tmp_path, *, images=(), val=(), words=WORDS, **groups):
    split = ClassSplit(CLASSES, **groups)
    return propose_validation(
        split, words, find_words(words, CLASSES),
        report(tmp_path, dict(images)), report(tmp_path, dict(val)))


def test_relatives_of_unseen_classes_are_proposed(tmp_path):
    stands = proposed(tmp_path, unseen=('cow', 'cat'))
    assert [(stand.name, stand.near) for stand in stands] == [
        ('dog', 'cat'), ('sheep', 'cow')]
    assert stands[0].cosine > 0.9 and stands[0].images == '200'


def test_classes_in_few_images_are_not_proposed(tmp_path):
    stands = proposed(tmp_path, unseen=('cow', 'cat'), images=[('dog', 19)],
                      val=[('sheep', 4)])
    assert not {'dog', 'sheep'} & {stand.name for stand in stands}
    assert 'horse' in {stand.name for stand in stands}


def test_the_reason_for_no_proposal_has_numbers(tmp_path):
    def why(train=0, **groups):
        images = report(tmp_path, dict.fromkeys(CLASSES, 3) | {'dog': train})
        return why_none(ClassSplit(CLASSES, **groups),
                        find_words(WORDS, CLASSES), images, None)

    assert why(12, unseen=('cow', )).endswith(
        'dog comes nearest with 12 train')
    assert 'at least 20 train images' in why(12, unseen=('cow', ))
    rest = tuple(name for name in CLASSES if name not in ('cow', 'dog'))
    assert why(unseen=('cow', ), ignored=rest) == (
        'dog is all that is seen and has a vector, and a class must stay '
        'seen')


def test_enough_seen_classes_are_left(tmp_path):
    ignored = ('sofa', 'chair', 'car', 'bus', 'person')
    stands = proposed(tmp_path, unseen=('cow', 'cat'), ignored=ignored)
    assert [stand.name for stand in stands] == ['dog']
    alone = (*ignored, 'sheep', 'horse')
    assert not proposed(tmp_path, unseen=('cow', 'cat'), ignored=alone)


def test_classes_without_a_vector_are_not_proposed(tmp_path):
    split = ClassSplit(('sky', 'zebrathing', 'road', 'tree', 'car'),
                       unseen=('car', ))
    found = find_words(WORDS, split.classes)
    stands = propose_validation(split, WORDS, found, None, None)
    assert len(stands) == 1 and stands[0].name == 'road'
    hidden = ClassSplit(split.classes, unseen=('zebrathing', ))
    assert not propose_validation(hidden, WORDS, found, None, None)


def test_sizes_fit_the_images():
    voc = propose_sizes({(500, 375): 6, (375, 500): 3})
    assert (voc.typical, voc.size, voc.crop) == (
        (500, 375), (320, 320), (224, 224))
    street = propose_sizes({(240, 180): 4})
    assert (street.size, street.crop) == ((240, 240), (160, 160))
    assert propose_sizes({(24, 16): 1}).crop == (32, 32)
    assert propose_sizes({(30, 60): 1}).typical == (30, 60)
    assert propose_sizes({}) is None


@pytest.mark.parametrize(('cores', 'workers'), [(1, 1), (2, 1), (64, 4)])
def test_workers(monkeypatch, cores, workers):
    monkeypatch.setattr('os.cpu_count', lambda: cores)
    assert propose_workers() == workers


def test_drawn_parts_are_the_same_each_time(tmp_path):
    pairs = [Pair(tmp_path / f'a/farm {i}.jpg', tmp_path / f'{i}.png')
             for i in range(50)]
    drawn = draw_parts(pairs, tmp_path, '.jpg')
    assert len(drawn.val) == 10 and len(drawn.train) == 40
    assert not set(drawn.val) & set(drawn.train)
    assert all(name.startswith('a/farm ') for name in drawn.val)
    assert draw_parts(pairs[::-1], tmp_path, '.jpg') == drawn
    # An image more moves few others.
    fewer = draw_parts(pairs[:-1], tmp_path, '.jpg')
    assert len(set(fewer.val) - set(drawn.val)) <= 1
    with pytest.raises(ValueError, match='too few'):
        draw_parts(pairs[:1], tmp_path, '.jpg')


def test_shipped_class_lists_are_known():
    assert known_classes(['voc21']) == 'voc21'
    camvid = ['sky', 'road']
    assert known_classes(camvid) == camvid
    from mmseg_zeroshot.semantics import get_classes
    assert known_classes(get_classes('cityscapes19')) == 'cityscapes19'
