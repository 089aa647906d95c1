"""How classes find their vectors."""
import numpy as np
import pytest

from mmseg_zeroshot.experiments.inspection import find_words, is_rest
from mmseg_zeroshot.semantics import ClassEmbeddings


def table(path, *names):
    ClassEmbeddings(names, np.eye(len(names))).save(path)
    return str(path)


def test_kinds():
    found = find_words('glove-6b-50d', [
        'cow', 'motorbike', 'wooden horse', 'zebrathing'])
    assert [one.how for one in found] == [
        'exact', 'alias', 'composed', 'missing']
    assert [str(one) for one in found] == [
        'cow', 'motorcycle', 'wooden + horse', 'NO VECTOR']
    assert 'zebra' in found[-1].missing and 'glove-6b-50d' in found[-1].missing


def test_a_file_composes_nothing(tmp_path):
    words = table(tmp_path / 'words.npz', 'traffic', 'light', 'sky')
    found = find_words(words, ['sky', 'traffic light'])
    assert [one.how for one in found] == ['exact', 'missing']


def test_the_table_that_lacks_a_class_is_named(tmp_path):
    words = table(tmp_path / 'words.npz', 'cow', 'sky')
    found = find_words(['glove-6b-50d', words], ['cow', 'horse'])
    assert [one.how for one in found] == ['exact', 'missing']
    assert 'words.npz' in found[1].missing


def test_a_missing_table_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match='glove-6b-50d'):
        find_words('glove-50', ['cow'])


def test_rest_classes():
    assert is_rest('Background') and is_rest('un-labelled')
    assert not is_rest('road')
