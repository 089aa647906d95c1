"""Tests of how class names are taken apart."""
import pytest

from mmseg_zeroshot.semantics.class_embeddings import ClassEmbeddings
from mmseg_zeroshot.semantics.words import split_words, word_splits


def mmseg_data_sets():
    """Names of the data sets of mmseg itself that have classes."""
    from mmseg.registry import DATASETS
    DATASETS.get('ADE20KDataset')  # imports them all
    return {name: kind.METAINFO['classes']
            for name, kind in DATASETS.module_dict.items()
            if kind.__module__.startswith('mmseg.')
            and getattr(kind, 'METAINFO', {}).get('classes')}


@pytest.mark.parametrize('name, words', [
    ('building-other', ('building', )),
    ('Traffic Sign (Back)', ('traffic', 'sign', 'back')),
    ('Lane Marking - Arrow (Split Left or Straight)',
     ('lane', 'marking', 'arrow', 'split', 'left', 'straight')),
    ('UpperClothes', ('upper', 'clothes')),
    ('TVMonitor', ('tv', 'monitor')),
    ('CCTV Camera', ('cctv', 'camera')),
    ('construction--barrier--fence', ('construction', 'barrier', 'fence')),
    ('tree2', ('tree', )),
    (' Optic Cup', ('optic', 'cup')),
    ('[a] cat & dog, wet!', ('cat', 'dog', 'wet')),
    ("women's hat", ("women's", 'hat')),
    ('Straße', ('straße', )),
    ('42', ('42', )),
    ('the', ('the', )),
    ('++', ('++', )),
])
def test_words_of_names(name, words):
    assert split_words(name) == words


@pytest.mark.parametrize('name, ways', [
    ('UpperClothes', (('upperclothes', ), ('upper', 'clothes'))),
    ('pottedplant', (('pottedplant', ), ('potted', 'plant'))),
    ('covid19 mask', (('covid19', 'mask'), ('covid', 'mask'))),
    ('st. bernard', (('st', 'bernard'), )),
    ('cat', (('cat', ), )),
])
def test_a_name_as_it_is_written_comes_first(name, ways):
    assert word_splits(name) == ways


def test_every_data_set_of_mmseg_is_split_into_words():
    data_sets = mmseg_data_sets()
    assert {'LIPDataset', 'MapillaryDataset_v1', 'MapillaryDataset_v2',
            'ADE20KDataset', 'iSAIDDataset'} <= set(data_sets)
    for classes in data_sets.values():
        for name in classes:
            for word in split_words(name):
                assert word == word.lower() and word.isalpha(), name


def test_words_of_a_table_are_found_in_the_finest_way():
    table = ClassEmbeddings(('upper', 'clothes', 'sign'),
                            [[1., 3.], [3., 1.], [5., 5.]])
    assert table.sources('UpperClothes', compose=True) == ('upper', 'clothes')
    assert table.select(['UpperClothes'], compose=True).vectors.tolist() == [
        [2, 2]]
    with pytest.raises(ValueError, match=r"Sign \(Back\)' .*no word 'back'"):
        table.sources('Sign (Back)', compose=True)
