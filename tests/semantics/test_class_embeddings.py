"""Tests of the table of class vectors."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from mmseg_zeroshot.semantics.class_embeddings import (
    ClassEmbeddings,
    load_embeddings,
    shipped_tables,
)
from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS, get_classes


def table(names=('cat', 'tvmonitor', 'cow'), dim=4, seed=0):
    rng = np.random.default_rng(seed)
    return ClassEmbeddings(names, rng.normal(size=(len(names), dim)))


def test_table_is_read_only_float32_and_a_copy():
    source = np.ones((1, 3))
    made = ClassEmbeddings(['cat'], source)
    source[:] = 7
    assert made.vectors.dtype == np.float32
    np.testing.assert_array_equal(made.vectors, np.ones((1, 3)))
    with pytest.raises(ValueError, match='read-only'):
        made.vectors[0, 0] = 2
    assert (made.dim, len(made), made.classes) == (3, 1, ('cat', ))


@pytest.mark.parametrize('names, vectors, message', [
    (['cat'], np.ones(3), r'shape \(classes, width\)'),
    (['cat'], np.ones((1, 0)), 'shape'),
    (['cat', 'cow'], np.ones((1, 3)), '2 class names for 1 vectors'),
    ([], np.ones((0, 3)), 'at least one'),
    (['tv', 'TV monitor'], np.ones((2, 3)), "duplicate.*'tv'"),
    (['cat', 'cow'], [[1, 1], [np.nan, 1]], "'cow' is NaN or infinite"),
    (['cat', 'cow'], [[np.inf, 1], [1, 1]], "'cat' is NaN or infinite"),
    (['cat', 'cow'], [[1, 1], [0, 0]], "'cow' is all zero"),
])
def test_bad_tables_are_refused(names, vectors, message):
    with pytest.raises(ValueError, match=message):
        ClassEmbeddings(names, vectors)


def test_select_orders_and_respells():
    source = table()
    chosen = source.select(['cow', 'TV'])
    assert chosen.classes == ('cow', 'TV')
    np.testing.assert_array_equal(chosen.vectors, source.vectors[[2, 1]])


def test_select_names_a_class_without_vector():
    with pytest.raises(ValueError, match="'cwo' has no vector.*cow"):
        table().select(['cat', 'cwo'])


def test_composing_takes_the_mean_of_the_words():
    source = table(('striped', 'red', 'potted', 'plant'))
    made = source.select(['striped red', 'pottedplant'], compose=True)
    np.testing.assert_allclose(
        made.vectors, [source.vectors[:2].mean(0), source.vectors[2:].mean(0)],
        rtol=1e-6)
    with pytest.raises(ValueError, match="'striped red' has no vector"):
        source.select(['striped red'])
    with pytest.raises(ValueError, match="'red disc'.*no word 'disc'"):
        source.select(['red disc'], compose=True)


def test_normalisation_modes():
    source = ClassEmbeddings(['a', 'b'], [[3, 4], [0, 10]])
    np.testing.assert_allclose(source.normalized('l2').vectors,
                               [[.6, .8], [0, 1]], rtol=1e-6)
    np.testing.assert_allclose(source.normalized('max').vectors,
                               [[.3, .4], [0, 1]], rtol=1e-6)
    assert source.normalized('none') is source
    with pytest.raises(ValueError, match="'L1'.*'l2', 'none', 'max'"):
        source.normalized('L1')


def test_tiny_and_huge_vectors_are_normalised():
    source = ClassEmbeddings(['a', 'b'], [[3e-30, 4e-30], [3e30, 4e30]])
    np.testing.assert_allclose(source.normalized().vectors,
                               [[.6, .8], [.6, .8]], rtol=1e-6)


def test_concatenation_weighs_sources_equally():
    small = ClassEmbeddings(['a', 'b'], [[3e-3, 4e-3], [1e-3, 0]])
    large = ClassEmbeddings(['B', 'A'], [[0, 7, 0], [50, 0, 0]])
    both = ClassEmbeddings.concatenate([small, large])
    assert both.classes == ('a', 'b') and both.dim == 5
    half = np.sqrt(.5)
    np.testing.assert_allclose(
        both.vectors, [[.6 * half, .8 * half, half, 0, 0],
                       [half, 0, 0, half, 0]], rtol=1e-6)


def test_concatenation_needs_every_class_everywhere():
    with pytest.raises(ValueError, match="'tvmonitor' has no vector"):
        ClassEmbeddings.concatenate([table(), table(('cat', 'cow'))])
    with pytest.raises(ValueError, match='at least one table'):
        ClassEmbeddings.concatenate([])


def test_fingerprint_depends_on_names_order_and_values():
    first = table()
    assert first.fingerprint == table().fingerprint
    assert len(first.fingerprint) == 16
    others = [table(seed=1), table(('cat', 'tvmonitor', 'dog')),
              first.select(['cow', 'cat', 'tvmonitor'])]
    prints = {first.fingerprint, *(t.fingerprint for t in others)}
    assert len(prints) == 4


def test_adding_and_removing_a_class():
    source = table()
    more = source.with_class('dog', np.arange(1, 5))
    assert more.classes == ('cat', 'tvmonitor', 'cow', 'dog')
    np.testing.assert_array_equal(more.vectors[3], [1, 2, 3, 4])
    less = more.without('TV')
    assert less.classes == ('cat', 'cow', 'dog')
    assert len(source) == 3


def test_adding_a_bad_class_is_refused():
    with pytest.raises(ValueError, match=r"'dog' has the shape \(3,\)"):
        table().with_class('dog', np.ones(3))
    with pytest.raises(ValueError, match='duplicate'):
        table().with_class('tv', np.ones(4))
    with pytest.raises(ValueError, match="'dog' is all zero"):
        table().with_class('dog', np.zeros(4))
    with pytest.raises(ValueError, match="unknown class 'dog'"):
        table().without('dog')
    with pytest.raises(ValueError, match='at least one'):
        table(('cat', )).without('cat')


def test_save_and_load_give_the_same_table(tmp_path):
    source = table()
    source.save(tmp_path / 'new' / 'table.npz')
    loaded = ClassEmbeddings.load(tmp_path / 'new' / 'table.npz')
    assert loaded.fingerprint == source.fingerprint
    assert os.listdir(tmp_path / 'new') == ['table.npz']


def write_bad_file(folder: Path, kind: str) -> Path:
    path = folder / f'{kind}.npz'
    if kind == 'pickle':
        path.write_bytes(pickle.dumps({'cat': [1.0]}))
    elif kind == 'truncated':
        table(dim=400).save(path)
        path.write_bytes(path.read_bytes()[:-200])
    elif kind == 'damaged':
        table(dim=400).save(path)
        data = bytearray(path.read_bytes())
        data[600:700] = bytes(100)
        path.write_bytes(data)
    elif kind == 'objects':
        np.savez(path, classes=np.array(['cat'], dtype=object),
                 vectors=np.ones((1, 2)))
    elif kind == 'other-arrays':
        np.savez(path, names=np.array(['cat']), vectors=np.ones((1, 2)))
    elif kind == 'numbers-as-names':
        np.savez(path, classes=np.arange(2), vectors=np.ones((2, 2)))
    elif kind == 'text-as-vectors':
        np.savez(path, classes=np.array(['a']), vectors=np.array([['x']]))
    elif kind == 'nan':
        np.savez(path, classes=np.array(['a', 'b']),
                 vectors=np.array([[1., 1], [np.nan, 0]]))
    return path


@pytest.mark.parametrize('kind, message', [
    ('pickle', 'pickle or text files are not read'),
    ('truncated', 'truncated'),
    ('damaged', 'truncated or broken'),
    ('objects', 'allow_pickle'),
    ('other-arrays', "no array 'classes', only names, vectors"),
    ('numbers-as-names', 'must hold strings'),
    ('text-as-vectors', 'must hold numbers'),
    ('nan', "'b' is NaN"),
])
def test_bad_files_are_named(tmp_path, kind, message):
    path = write_bad_file(tmp_path, kind)
    with pytest.raises(ValueError, match=message) as error:
        ClassEmbeddings.load(path)
    assert f'{kind}.npz' in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'nothing\.npz'):
        ClassEmbeddings.load(tmp_path / 'nothing.npz')
    with pytest.raises(FileNotFoundError, match='glove-6b-50d'):
        load_embeddings('glove-6b', ['cat'])


def test_load_embeddings_concatenates_files(tmp_path):
    first, second = table(), table(dim=3, seed=1)
    first.save(tmp_path / 'a.npz')
    second.save(tmp_path / 'b.npz')
    made = load_embeddings([str(tmp_path / 'a.npz'), tmp_path / 'b.npz'],
                           ['cow', 'cat'])
    expected = ClassEmbeddings.concatenate([first, second]).select(
        ['cow', 'cat'])
    np.testing.assert_allclose(made.vectors, expected.vectors, rtol=1e-6)
    single = load_embeddings(str(tmp_path / 'a.npz'), ['cow'],
                             normalize='none')
    np.testing.assert_array_equal(single.vectors, first.vectors[2:])
    with pytest.raises(ValueError, match='empty list'):
        load_embeddings([], ['cow'])


def test_a_file_of_ones_own_is_never_composed(tmp_path):
    table(('red', 'disc')).save(tmp_path / 'a.npz')
    with pytest.raises(ValueError, match=r"a\.npz.*'red disc' has no vector"):
        load_embeddings(str(tmp_path / 'a.npz'), ['red disc'])


@pytest.mark.parametrize('name', CLASS_LISTS)
def test_shipped_table_covers_every_shipped_list(name):
    classes = get_classes(name)
    made = load_embeddings('glove-6b-50d', classes)
    assert made.vectors.shape == (len(classes), 50)
    np.testing.assert_allclose(np.linalg.norm(made.vectors, axis=1), 1,
                               rtol=1e-5)
    # No two classes of a list share a vector.
    cosine = made.vectors @ made.vectors.T - np.eye(len(classes))
    assert cosine.max() < .995


def test_shipped_table_knows_what_words_mean():
    names = ('cow', 'sheep', 'bus', 'zebra crossing', 'zebra', 'crossing')
    made = load_embeddings('glove-6b-50d', names, normalize='none')
    rows = dict(zip(names, made.vectors))
    np.testing.assert_allclose(
        rows['zebra crossing'], (rows['zebra'] + rows['crossing']) / 2,
        rtol=1e-5)
    unit = dict(zip(names, made.normalized().vectors))
    assert unit['cow'] @ unit['sheep'] > unit['cow'] @ unit['bus'] + .2


def test_shipped_table_never_guesses():
    with pytest.raises(ValueError, match="'striped cowx'.*no word 'cowx'"):
        load_embeddings('glove-6b-50d', ['striped cowx'])


def test_shipped_table_is_small():
    assert shipped_tables() == ('glove-6b-50d', )
    from mmseg_zeroshot.semantics import class_embeddings
    path = class_embeddings.ASSETS / 'glove-6b-50d.npz'
    assert path.stat().st_size < 500_000


DATA = os.environ.get('MMSEG_ZEROSHOT_DATA')


@pytest.mark.skipif(not DATA, reason='MMSEG_ZEROSHOT_DATA is not set')
@pytest.mark.parametrize('name, classes, dim', [
    ('voc21_word2vec_300', 'voc21', 300),
    ('voc21_fasttext_300', 'voc21', 300),
    ('voc21_word2vec_zs3_300', 'voc21', 300),
    ('cocostuff182_word2vec_300', 'cocostuff171', 300),
    ('context60_word2vec_zs3_300', 'context60', 300),
])
def test_released_vectors_are_matched_by_name(name, classes, dim):
    path = Path(DATA) / 'embeddings' / f'{name}.npz'
    released = ClassEmbeddings.load(path)
    made = load_embeddings(path, get_classes(classes), normalize='none')
    assert made.vectors.shape == (len(get_classes(classes)), dim)
    np.testing.assert_array_equal(
        made.select(['cow']).vectors,
        released.vectors[[released.classes.index('cow')]])
