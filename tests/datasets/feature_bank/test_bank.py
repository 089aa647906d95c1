"""Tests of reading a bank: what is refused, and what is drawn."""

import json
import os
import pickle
import shutil

import numpy as np
import pytest

from mmseg_zeroshot.datasets.feature_bank.bank import BLOCK, FeatureBank
from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.semantics import ClassSplit

from . import fakes
from .fakes import CLASSES


@pytest.fixture(scope='session')
def made(tmp_path_factory):
    """A folder with a bank and its checkpoint."""
    folder = tmp_path_factory.mktemp('made')
    (folder / 'net.pth').write_bytes(b'weights')
    build_feature_bank(
        folder / 'bank', make_dataset=fakes.FakeDataset,
        make_extract=fakes.make_extract, checkpoint=folder / 'net.pth',
        max_vectors=5, report=lambda line: None)
    return folder


@pytest.fixture
def copied(made, tmp_path):
    """A copy that may be damaged."""
    shutil.copytree(made / 'bank', tmp_path / 'bank')
    return tmp_path / 'bank'


def change_stamp(bank, **changes):
    stamp = json.loads((bank / 'stamp.json').read_text())
    stamp.update(changes)
    (bank / 'stamp.json').write_text(json.dumps(stamp))


def make_old(bank):
    """Take its checksums from a bank."""
    stamp = json.loads((bank / 'stamp.json').read_text())
    stamp['files'].pop('checksums.npz')
    change_stamp(bank, files=stamp['files'])
    (bank / 'checksums.npz').unlink()


def test_the_right_bank_opens(made):
    renamed = ClassSplit(CLASSES, unseen=['cow'], ignored=['mud'],
                         validation=['dog'], name='other')
    bank = FeatureBank.open(made / 'bank', split=renamed, feature_dim=4,
                            checkpoint=made / 'net.pth')
    assert bank.features.shape == (726, 4)
    assert isinstance(bank.features, np.memmap)


def test_a_bank_of_another_checkpoint(made, tmp_path):
    other = tmp_path / 'iter_2.pth'
    other.write_bytes(b'other')
    with pytest.raises(ValueError, match=r'checkpoint is .*iter_2\.pth'):
        FeatureBank.open(made / 'bank', checkpoint=other)


@pytest.mark.parametrize('split, what', [
    (ClassSplit(CLASSES, unseen=['dog'], ignored=['mud']),
     r"unseen classes of split are \['cow'\] instead of \['dog'\]"),
    (ClassSplit(CLASSES, unseen=['cow']),
     r"ignored classes of split are \['mud'\] instead of \[\]"),
    ('voc12-zs3-k2', 'classes of split are'),
])
def test_a_bank_of_another_split(made, split, what):
    with pytest.raises(ValueError, match=what):
        FeatureBank.open(made / 'bank', split=split)


def test_a_bank_of_another_width(made):
    with pytest.raises(ValueError, match='feature_dim is 4 instead of 256'):
        FeatureBank.open(made / 'bank', feature_dim=256)


@pytest.mark.parametrize('name', ['features.npy', 'images.npy'])
def test_a_truncated_bank(copied, name):
    path = copied / name
    size = path.stat().st_size
    os.truncate(path, size - 8)
    with pytest.raises(ValueError, match=f'truncated: {name} has {size - 8}'):
        FeatureBank.open(copied)
    path.unlink()
    with pytest.raises(ValueError, match=f'truncated: {name} is missing'):
        FeatureBank.open(copied)


def test_a_bank_of_another_version(copied):
    change_stamp(copied, version=0)
    with pytest.raises(ValueError, match=r'version 0, this package reads 1'):
        FeatureBank.open(copied)


def test_what_is_no_bank(copied, tmp_path):
    with pytest.raises(FileNotFoundError, match='no feature bank at'):
        FeatureBank.open(tmp_path / 'none')
    (copied / 'stamp.json').write_text('{')
    with pytest.raises(ValueError, match='is not a feature bank'):
        FeatureBank.open(copied)
    (copied / 'stamp.json').write_text('{"format": "something"}')
    with pytest.raises(ValueError, match='is not a feature bank'):
        FeatureBank.open(copied)


def test_a_stamp_that_does_not_fit(copied):
    change_stamp(copied, vectors=[350, 350, 26, 1, 0, 0])
    with pytest.raises(ValueError, match='does not fit its stamp'):
        FeatureBank.open(copied)
    stamp = json.loads((copied / 'stamp.json').read_text())
    del stamp['offsets']
    (copied / 'stamp.json').write_text(json.dumps(stamp))
    with pytest.raises(ValueError, match="lacks 'offsets'"):
        FeatureBank.open(copied)


def test_a_pickle_in_place_of_features(copied):
    features = copied / 'features.npy'
    size = features.stat().st_size
    features.write_bytes(pickle.dumps([1]).ljust(size, b'\0'))
    with pytest.raises(ValueError, match='is damaged'):
        FeatureBank.open(copied)


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
def test_damaged_features_name_their_class(copied, bad):
    """Of the right length, but not what was written; without checksums."""
    make_old(copied)
    bank = FeatureBank.open(copied)
    rows = np.lib.format.open_memmap(copied / 'features.npy', mode='r+')
    rows[350:700, 2] = bad
    rows.flush()
    bank.sample([0, 2], 8, np.random.default_rng(0))
    with pytest.raises(ValueError, match='features of cat hold NaN'):
        bank.sample([0, 1, 2], 8, np.random.default_rng(0))


@pytest.mark.parametrize('positioned', [True, False])
def test_drawn_rows_belong_to_their_class(made, monkeypatch, positioned):
    bank = FeatureBank.open(made / 'bank')
    if not positioned:
        monkeypatch.delattr(os, 'preadv')
    drawn = bank.sample([2, 0], 100, np.random.default_rng(0))
    assert drawn.shape == (2, 100, 4)
    assert drawn.dtype == np.float16
    np.testing.assert_array_equal(drawn[:, :, 0], [[2] * 100, [0] * 100])
    known = {tuple(row) for row in np.asarray(bank.features).tolist()}
    assert {tuple(row) for row in drawn[1].tolist()} <= known
    # 26 dogs are fewer than a block: all of them, again and again.
    rows, counts = np.unique(drawn[0], axis=0, return_counts=True)
    assert len(rows) == 26
    assert counts.sum() == 100


def test_both_ways_of_reading_agree(made, monkeypatch):
    bank = FeatureBank.open(made / 'bank')
    one = bank.sample([0, 1, 2], 70, np.random.default_rng(5))
    monkeypatch.delattr(os, 'preadv')
    two = bank.sample([0, 1, 2], 70, np.random.default_rng(5))
    np.testing.assert_array_equal(one, two)


def test_every_row_is_equally_likely(made):
    """Also the first and the last of a class, though runs are read."""
    bank = FeatureBank.open(made / 'bank')
    start, rng = int(bank.offsets[1]), np.random.default_rng(0)
    places = {tuple(row): i for i, row in enumerate(
        np.asarray(bank.features[start:start + 350]).tolist())}
    counts = np.zeros(350)
    steps = 4000
    for _ in range(steps):
        for row in bank.sample([1], BLOCK, rng)[0].tolist():
            counts[places[tuple(row)]] += 1
    expected = steps * BLOCK / 350
    # Binomial: a row is in a run or not.
    deviation = np.sqrt(steps * (BLOCK / 350) * (1 - BLOCK / 350))
    assert np.abs(counts - expected).max() < 4.5 * deviation


def test_a_bank_travels_to_other_processes(made):
    bank = FeatureBank.open(made / 'bank')
    bank.sample([0], 3, np.random.default_rng(0))
    twin = pickle.loads(pickle.dumps(bank))
    np.testing.assert_array_equal(
        bank.sample([0], 3, np.random.default_rng(1)),
        twin.sample([0], 3, np.random.default_rng(1)))


@pytest.mark.parametrize('key, value', [
    ('feature_dim', '4'), ('feature_dim', None), ('offsets', {}),
    ('vectors', [1, 2, 'x']), ('vectors', [10**400]), ('vectors', -1),
    ('pixel_counts', [True]), ('files', []), ('files', {}),
    ('files', {'features.npy': '12', 'images.npy': 1}), ('split', []),
    ('split', {'classes': 3}), ('split', {'classes': ['a'], 'unseen': 7}),
    ('palette', 'red'), ('palette', [[1, 2]]), ('checkpoint', []),
    ('graphs', [1]), ('graphs', {'pixels': 1}), ('settings', 'x'),
    ('graphs', {'pixels': 1, 'min_pixels': 2}), ('seed', 1.5),
    ('views', float('nan'))])
def test_a_stamp_with_values_of_other_types(copied, key, value):
    change_stamp(copied, **{key: value})
    with pytest.raises(ValueError, match=(
            f"stamp of feature bank {copied} is damaged: '.*build it again")):
        FeatureBank.open(copied)


def draw_all(bank):
    """Draw so often that every row of every class comes."""
    rng = np.random.default_rng(0)
    present = np.flatnonzero(bank.vectors).tolist()
    return bank.sample(present, 20 * int(bank.vectors.max()), rng)


def flip(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize('through_pickle', [False, True])
def test_a_flipped_bit_is_found(copied, through_pickle):
    expected = draw_all(FeatureBank.open(copied))
    flip(copied / 'features.npy', -700)
    bank = FeatureBank.open(copied)
    if through_pickle:
        bank = pickle.loads(pickle.dumps(bank))
    with pytest.raises(ValueError, match=(
            r'features\.npy is damaged: bytes 0 to 5,935 are not .*again')):
        draw_all(bank)
    flip(copied / 'features.npy', -700)
    np.testing.assert_array_equal(draw_all(FeatureBank.open(copied)),
                                  expected)


def test_only_blocks_that_are_read_are_checked_and_once(copied, monkeypatch):
    from mmseg_zeroshot.datasets.feature_bank import checksums
    monkeypatch.setattr(checksums, 'BLOCK_BYTES', 64)
    checksums.write_checksums(copied, ['features.npy', 'images.npy'])
    size = (copied / 'checksums.npz').stat().st_size
    stamp = json.loads((copied / 'stamp.json').read_text())
    change_stamp(copied, files={**stamp['files'], 'checksums.npz': size})
    bank = FeatureBank.open(copied)
    row = np.empty((1, 4), np.float16)
    flip(copied / 'features.npy', 128 + 8 * 100)
    bank._rows.read(0, row)
    with pytest.raises(ValueError, match='bytes 896 to 959 are not'):
        bank._rows.read(100, row)
    flip(copied / 'features.npy', 128)
    bank._rows.read(0, row)  # was compared before


def test_other_files_are_checked_too(copied):
    flip(copied / 'images.npy', -1)
    bank = FeatureBank.open(copied)
    with pytest.raises(ValueError, match=r'images\.npy is damaged: bytes'):
        _ = bank.images
    flip(copied / 'checksums.npz', 300)
    with pytest.raises(ValueError, match=r'checksums\.npz is damaged'):
        FeatureBank.open(copied)


def test_a_bank_of_another_time_has_no_checksums(copied, monkeypatch):
    said = []
    monkeypatch.setattr('mmseg_zeroshot.datasets.feature_bank.bank.print_log',
                        lambda text, logger: said.append(text))
    expected = draw_all(FeatureBank.open(copied))
    assert not said
    make_old(copied)
    np.testing.assert_array_equal(draw_all(FeatureBank.open(copied)),
                                  expected)
    assert ['has no checksums, since an older' in text for text in said] == [
        True]
