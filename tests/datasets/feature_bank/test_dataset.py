"""Tests of the training data set on a bank."""

import numpy as np
import pytest
import torch
from mmengine.runner import Runner
from mmseg.registry import DATASETS

from mmseg_zeroshot.datasets import FeatureBank, FeatureBankDataset
from mmseg_zeroshot.semantics import ClassSplit

from .fakes import CLASSES, SPLIT
from .test_bank import change_stamp, copied, made  # noqa: F401

NO_CAR = ClassSplit(CLASSES, unseen=['cow'], ignored=['mud', 'car'])


@pytest.fixture
def bank(copied):  # noqa: F811
    """A bank whose split has only classes that have pixels."""
    change_stamp(copied, split=NO_CAR.to_dict())
    return copied


def test_an_item_is_a_balanced_step(bank):
    dataset = DATASETS.build(dict(
        type='FeatureBankDataset', bank=str(bank), split=NO_CAR.to_dict(),
        num_vectors=40, length=9))
    assert len(dataset) == 9
    item = dataset[3]
    assert item['features'].shape == (3, 40, 4)
    assert item['features'].dtype == torch.float16
    assert item['class_ids'].tolist() == [0, 1, 2]
    for i in range(3):
        assert (item['features'][i, :, 0] == i).all()
    opened = FeatureBank.open(bank)
    counts = opened.pixel_counts[:3]
    torch.testing.assert_close(
        item['frequency'], torch.tensor(counts / counts.sum()).float())
    # Natural, not balanced: 26 vectors of dogs, but not 1 pixel in 28.
    assert item['frequency'][2] != 26 / 726


def test_items_depend_on_seed_and_index_alone(bank):
    def features(index, **kwargs):
        return FeatureBankDataset(bank, NO_CAR, **kwargs)[index]['features']
    first = features(5)
    assert torch.equal(first, features(5))
    assert not torch.equal(first, features(6))
    assert not torch.equal(first, features(5, seed=1))


def loader(bank, workers):
    return Runner.build_dataloader(dict(
        batch_size=1, num_workers=workers, persistent_workers=workers > 0,
        sampler=dict(type='InfiniteSampler', shuffle=True),
        collate_fn=dict(type='default_collate'),
        dataset=FeatureBankDataset(bank, NO_CAR, num_vectors=8, length=1000)),
        seed=2)


def test_loader_processes_change_nothing(bank):
    taken = []
    for workers in (0, 2):
        steps = iter(loader(bank, workers))
        taken.append([next(steps) for _ in range(5)])
        del steps
    for one, two in zip(*taken):
        assert one['features'].shape == (1, 3, 8, 4)
        for key in one:
            assert torch.equal(one[key], two[key])
    different = {tuple(step['features'].flatten().tolist())
                 for step in taken[0]}
    assert len(different) == 5


def test_metainfo_is_that_of_the_images(bank):
    meta = FeatureBankDataset(bank, NO_CAR).metainfo
    assert meta['classes'] == CLASSES
    assert meta['palette'] == [[i, i, i] for i in range(6)]
    assert meta['split'] == NO_CAR.to_dict()
    assert meta['split_mode'] == 'drop'
    assert meta['feature_dim'] == 4


def test_a_class_without_pixels(made):  # noqa: F811
    with pytest.raises(ValueError, match=r"class\(es\) car: .*missing='skip'"):
        FeatureBankDataset(made / 'bank', SPLIT)
    dataset = FeatureBankDataset(made / 'bank', SPLIT, missing='skip')
    assert dataset.class_ids == (0, 1, 2)
    assert dataset[0]['frequency'].sum() == 1


def test_wrong_banks_are_refused(bank, made, tmp_path):  # noqa: F811
    other = tmp_path / 'other.pth'
    other.write_bytes(b'other')
    with pytest.raises(ValueError, match='checkpoint is'):
        FeatureBankDataset(bank, NO_CAR, checkpoint=other)
    FeatureBankDataset(bank, NO_CAR, checkpoint=made / 'net.pth')
    with pytest.raises(ValueError, match='ignored classes of split'):
        FeatureBankDataset(bank, SPLIT)
    with pytest.raises(ValueError, match='feature_dim is 4'):
        FeatureBankDataset(bank, NO_CAR, feature_dim=8)


@pytest.mark.parametrize('key, value', [
    ('num_vectors', 0), ('length', 0), ('seed', -1), ('missing', 'ignore')])
def test_bad_arguments(bank, key, value):
    with pytest.raises(ValueError, match=f'{key} must be'):
        FeatureBankDataset(bank, NO_CAR, **{key: value})


def test_index_out_of_range(bank):
    dataset = FeatureBankDataset(bank, NO_CAR, length=2)
    with pytest.raises(IndexError):
        dataset[2]
    assert len(list(dataset)) == 2
    assert np.isfinite(dataset[1]['features'].numpy()).all()
