"""Tests of the split over one class list."""

import dataclasses

import pytest

from mmseg_zeroshot.semantics.class_split import ClassSplit

CLASSES = ('background', 'aeroplane', 'cat', 'cow', 'dog', 'tvmonitor')


def test_groups_and_ids():
    split = ClassSplit(CLASSES, unseen=['TV', 'cow'], ignored=['background'],
                       validation=['dog'])
    assert split.unseen == ('cow', 'tvmonitor')  # class order, its spelling
    assert split.seen == ('aeroplane', 'cat', 'dog')
    assert split.seen_ids == (1, 2, 4)
    assert split.unseen_ids == (3, 5)
    assert split.ignored_ids == (0, )
    assert split.validation_ids == (4, )
    assert split.num_classes == 6
    assert split.name == 'custom'


def test_ids_follow_the_order_asked_for():
    split = ClassSplit(CLASSES, unseen=['cow'])
    assert split.ids(['dog', 'airplane']) == (4, 1)


def test_a_split_cannot_be_changed():
    split = ClassSplit(CLASSES, unseen=['cow'])
    with pytest.raises(dataclasses.FrozenInstanceError):
        split.unseen = ('cat', )


def test_hold_out_validation_hides_the_real_unseen_classes():
    split = ClassSplit(CLASSES, unseen=['cow'], ignored=['background'],
                       validation=['dog'], name='mine')
    held_out = split.hold_out_validation()
    assert held_out.unseen == ('dog', )
    assert held_out.ignored == ('background', 'cow')
    assert held_out.validation == ()
    assert held_out.seen == ('aeroplane', 'cat', 'tvmonitor')
    assert held_out.name == 'mine-cv'
    assert held_out.held_out and not split.held_out
    assert ClassSplit.from_dict(held_out.to_dict()) == held_out


def test_hold_out_needs_validation_classes():
    with pytest.raises(ValueError, match='no validation classes'):
        ClassSplit(CLASSES, unseen=['cow']).hold_out_validation()


def test_supervised_has_no_unseen_class():
    split = ClassSplit.supervised(CLASSES, ignored=['background'])
    assert split.unseen == ()
    assert split.seen == CLASSES[1:]
    assert ClassSplit.from_dict(split.to_dict()) == split


def test_dict_round_trip_is_plain_data():
    split = ClassSplit(CLASSES, unseen=['cow'], validation=['dog'], name='a')
    data = split.to_dict()
    assert data == dict(
        classes=list(CLASSES), unseen=['cow'], ignored=[],
        validation=['dog'], name='a', fully_supervised=False,
        held_out=False)
    assert ClassSplit.from_dict(data) == split


@pytest.mark.parametrize('arguments, message', [
    (dict(unseen=['cwo']), "'unseen' of split 'custom'.*'cwo'.*cow"),
    (dict(unseen=['cow'], ignored=['bakground']), 'ignored.*background'),
    (dict(unseen=['cow'], validation=['dgo']), 'validation.*dog'),
    (dict(unseen=['tv', 'TV monitor']), 'duplicate class.*tvmonitor'),
    (dict(unseen=['cow'], ignored=['cow']), 'cow is in .unseen. and in'),
    (dict(unseen=['cow'], validation=['cow']), 'validation.*unseen'),
    (dict(unseen=['cow'], ignored=['dog'], validation=['dog']),
     'dog is in .validation. and in .ignored.'),
    (dict(unseen=[]), 'K = 0'),
    (dict(unseen=['cow'], held_out='no'), "'held_out'.*got 'no'"),
    (dict(unseen=['cow'], validation=['dog'], held_out=True),
     "is held out.*'validation' must be empty"),
    (dict(unseen=list(CLASSES)), 'no seen class'),
    (dict(unseen=['cow'], ignored=['background', 'cat', 'aeroplane'],
          validation=['dog', 'tv']), 'no seen class'),
    (dict(unseen='cow'), r"must be a list of class names.*\['cow'\]"),
    (dict(unseen=None), 'must be a list'),
])
def test_bad_groups_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        ClassSplit(CLASSES, **arguments)


@pytest.mark.parametrize('classes, message', [
    ([], 'empty'), (['cat', 'cow', 'cat'], "duplicate class.*'cat'"),
    ('voc21', 'must be a list'), (['cat', ''], 'non-empty string')])
def test_bad_class_lists_are_named(classes, message):
    with pytest.raises(ValueError, match=message):
        ClassSplit(classes, unseen=['cow'])


def test_supervised_refuses_unseen_classes():
    with pytest.raises(ValueError, match='fully supervised'):
        ClassSplit(CLASSES, unseen=['cow'], fully_supervised=True)


def test_from_dict_names_an_unknown_key():
    with pytest.raises(ValueError, match="unknown key 'unsen'.*unseen"):
        ClassSplit.from_dict(dict(classes=CLASSES, unsen=['cow']))
    with pytest.raises(ValueError, match="needs the key 'classes'"):
        ClassSplit.from_dict(dict(unseen=['cow']))
    with pytest.raises(ValueError, match='K = 0'):
        ClassSplit.from_dict(dict(classes=CLASSES))
