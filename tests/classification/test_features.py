"""The .mat files of zero-shot image classification, good and bad."""
import numpy as np
import pytest
from scipy.io import savemat

from mmseg_zeroshot.classification.features import load_attribute_features

from .mat_files import NUM_CLASSES, UNSEEN, VALIDATION, contents, write


@pytest.fixture
def files():
    return contents()


def load(tmp_path, files):
    return load_attribute_features(*write(tmp_path, *files))


def test_everything_is_read_and_counted_from_zero(tmp_path, files):
    data = load(tmp_path, files)
    features, splits = files
    assert data.features.dtype == data.attributes.dtype == np.float32
    np.testing.assert_allclose(data.features, features['features'].T,
                               rtol=1e-6)
    np.testing.assert_allclose(data.attributes, splits['att'].T, rtol=1e-6)
    assert data.labels.tolist() == (features['labels'].ravel() - 1).tolist()
    assert data.classes[3] == 'class 3' and len(data.classes) == NUM_CLASSES
    assert data.unseen.tolist() == list(UNSEEN)
    assert data.validation.tolist() == list(VALIDATION)
    assert data.seen.tolist() == list(range(13))
    for key in ('trainval', 'test_seen', 'test_unseen'):
        assert getattr(data, key).tolist() == (
            splits[f'{key}_loc'].ravel() - 1).tolist()


def test_nothing_is_chosen_on_test_images(tmp_path, files):
    """The real train_loc and val_loc hold those of test_seen_loc, too."""
    data = load(tmp_path, files)
    raw = files[1]['train_loc'].ravel() - 1
    assert np.isin(data.test_seen, raw).any()
    for part in (data.train, data.val):
        assert len(part) and not np.isin(part, data.test_seen).any()
    assert sorted([*data.train, *data.val]) == sorted(data.trainval)


def change(file, key, function):
    def apply(files):
        files[file][key] = function(files[file][key])
    return apply


def drop(file, key):
    return lambda files: files[file].pop(key)


def add(key, other):
    """Let one index list hold the first of another, too."""
    def apply(files):
        files[1][key] = np.concatenate([files[1][key], files[1][other][:1]])
    return apply


def nan(values):
    values[2, 3] = np.nan
    return values


@pytest.mark.parametrize('spoil, message', [
    (drop(0, 'labels'), r'res101.mat has no labels'),
    (drop(1, 'att'), r'att_splits.mat has no att; it must hold att, all'),
    (drop(1, 'val_loc'), 'has no val_loc'),
    (change(0, 'labels', lambda x: x[:-1]),
     'features is of 320 images .columns., but labels of 319'),
    (change(1, 'att', lambda x: x[:, 1:]),
     'att is of 15 classes .columns., but allclasses_names of 16'),
    (change(0, 'features', nan), 'features holds NaN'),
    (change(0, 'features', lambda x: x.astype(str)),
     'features must be a matrix of numbers'),
    (change(0, 'labels', lambda x: x - 1), 'labels holds 0, which is outside'),
    (change(0, 'labels', lambda x: x + .5), 'labels must hold whole numbers'),
    (change(1, 'test_seen_loc', lambda x: x + 300),
     r'test_seen_loc holds \d+, which is outside 1 to 320'),
    (change(1, 'val_loc', lambda x: x[:0]), 'val_loc must hold whole numbers'),
    (add('test_seen_loc', 'trainval_loc'),
     'trainval_loc and test_seen_loc share 1 images'),
    (add('test_unseen_loc', 'trainval_loc'),
     'trainval_loc and test_unseen_loc share 1 images'),
    (add('test_seen_loc', 'test_unseen_loc'),
     'test_seen_loc and test_unseen_loc share 1 images'),
    (add('val_loc', 'test_unseen_loc'),
     r'class 1[345] is a validation class \(val_loc\) and unseen'),
    (add('train_loc', 'test_unseen_loc'),
     r'class 1[345] is a training class \(train_loc\) and unseen'),
    (add('train_loc', 'val_loc'), r'is in train_loc and val_loc'),
])
def test_wrong_contents_are_errors(tmp_path, files, spoil, message):
    spoil(files)
    if message == 'is in train_loc and val_loc':
        # Only an image of trainval counts.
        files[1]['train_loc'] = np.concatenate(
            [files[1]['train_loc'], files[1]['val_loc']])
    with pytest.raises(ValueError, match=message):
        load(tmp_path, files)


def test_seen_test_classes_must_be_trained(tmp_path, files):
    labels = files[0]['labels'].ravel() - 1
    kept = files[1]['trainval_loc'].ravel().astype(int) - 1
    files[1]['trainval_loc'] = kept[labels[kept] != 0].reshape(-1, 1) + 1.
    with pytest.raises(ValueError, match='class 0 is in test_seen_loc but'):
        load(tmp_path, files)


def test_no_image_to_choose_on(tmp_path, files):
    files[1]['val_loc'] = np.intersect1d(
        files[1]['val_loc'], files[1]['test_seen_loc']).reshape(-1, 1)
    with pytest.raises(ValueError, match='val_loc and trainval_loc have no'):
        load(tmp_path, files)


def test_files_that_are_none(tmp_path, files):
    good, splits = write(tmp_path, *files)
    with pytest.raises(FileNotFoundError, match=r'no such file: .*none\.mat'):
        load_attribute_features(tmp_path / 'none.mat', splits)
    text = tmp_path / 'text.mat'
    text.write_text('this is no mat file, and long enough to be read ' * 9)
    with pytest.raises(ValueError, match=r'text\.mat is no \.mat file'):
        load_attribute_features(text, splits)
    half = tmp_path / 'half.mat'
    with open(good, 'rb') as file:
        half.write_bytes(file.read()[:20000])
    with pytest.raises(ValueError, match=r'half\.mat .*is cut off'):
        load_attribute_features(half, splits)


def test_matlab_7_3_says_how_to_save(tmp_path, files):
    _, splits = write(tmp_path, *files)
    path = tmp_path / 'hdf5.mat'
    savemat(path, files[0])
    raw = bytearray(path.read_bytes())
    raw[124:126] = (0x00, 0x02)  # the header's version: HDF5
    path.write_bytes(raw)
    with pytest.raises(ValueError, match='HDF5: save it there with'):
        load_attribute_features(path, splits)
