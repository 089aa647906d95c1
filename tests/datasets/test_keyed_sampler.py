"""Augmentations depend on the draw, and on nothing else."""
import pickle
import random
from itertools import islice

import numpy as np
import pytest
import torch
from mmengine.dataset import (
    BaseDataset,
    ConcatDataset,
    InfiniteSampler,
    RepeatDataset,
)
from mmengine.registry import init_default_scope
from mmseg.registry import DATA_SAMPLERS
from torch.utils.data import DataLoader, Subset

from mmseg_zeroshot.datasets import KeyedInfiniteSampler, keyed_sampler


class Noisy(BaseDataset):
    """Each sample: its index, and a number of every shared generator."""

    def __init__(self, size=7):
        self.size = size
        super().__init__(pipeline=[noise])

    def load_data_list(self):
        return [dict(index=index) for index in range(self.size)]


def noise(info):
    assert type(info['sample_idx']) is int
    return (info['index'], random.random(), np.random.rand(),
            float(torch.rand(1)))


def batches(dataset=None, *, workers=0, batch_size=2, number=6, skip=0,
            seed=3):
    dataset = dataset or Noisy()
    sampler = KeyedInfiniteSampler(dataset, seed=seed)
    if skip:
        sampler.skip(skip * batch_size)
    loader = DataLoader(dataset, batch_size, sampler=sampler,
                        num_workers=workers, collate_fn=list)
    return list(islice(loader, number))


def flat(found):
    return [sample for batch in found for sample in batch]


def test_the_order_is_that_of_mmengine():
    dataset = Noisy()
    wanted = list(islice(InfiniteSampler(dataset, seed=3), 20))
    assert list(islice(KeyedInfiniteSampler(dataset, seed=3), 20)) == wanted
    assert [s[0] for s in flat(batches())] == wanted[:12]


def test_an_image_is_augmented_anew_each_time():
    found = flat(batches(Noisy(1)))
    for column in (1, 2, 3):
        assert len({sample[column] for sample in found}) == len(found)


def test_another_seed_gives_other_augmentations():
    one, other = (flat(batches(Noisy(1), seed=seed)) for seed in (3, 4))
    assert not {s[1] for s in one} & {s[1] for s in other}


@pytest.mark.parametrize('changed', [
    dict(workers=2), dict(workers=1), dict(batch_size=3, number=4)])
def test_workers_and_batches_do_not_count(changed):
    assert flat(batches(**changed)) == flat(batches())


@pytest.mark.skipif(not hasattr(InfiniteSampler, 'skip'),
                    reason='this MMEngine draws what it skips')
@pytest.mark.parametrize('workers', [0, 2])
def test_a_sampler_that_skips_goes_on(workers):
    assert batches(skip=2, number=4, workers=workers) == batches()[2:]


def test_two_processes_draw_what_one_does(monkeypatch):
    def of(rank):
        monkeypatch.setattr('mmengine.dataset.sampler.get_dist_info',
                            lambda: (rank, 2))
        return flat(batches(batch_size=1))

    first, second = of(0), of(1)
    monkeypatch.undo()
    whole = flat(batches())
    assert [s for pair in zip(first, second) for s in pair] == whole


@pytest.mark.parametrize('workers', [0, 2])
@pytest.mark.parametrize('make', [
    lambda: RepeatDataset(Noisy(4), 2), lambda: Subset(Noisy(9), range(7)),
    lambda: ConcatDataset([Noisy(3), Noisy(4)])],
    ids=['repeated', 'subset', 'joined'])
def test_data_sets_of_data_sets(make, workers):
    found = flat(batches(make(), workers=workers))
    assert [s[1:] for s in found] == [s[1:] for s in flat(batches())]


def test_the_main_process_s_generators_stay():
    def state():
        return (random.getstate(), np.random.get_state()[1].tolist(),
                torch.get_rng_state().tolist())

    dataset = Noisy()
    draws = list(islice(KeyedInfiniteSampler(dataset, seed=3), 2))
    before = state()
    dataset.__getitems__(draws)
    assert state() == before


def test_draws_and_data_sets_go_to_other_processes():
    draw = keyed_sampler.Draw(4, (3, 17))
    copied = pickle.loads(pickle.dumps(draw))
    assert (copied, copied.key) == (4, (3, 17))
    dataset = Noisy()
    KeyedInfiniteSampler(dataset, seed=3)
    assert pickle.loads(pickle.dumps(dataset)).__getitems__(
        [draw]) == dataset.__getitems__([draw])


def test_a_config_finds_it():
    init_default_scope('mmseg')
    sampler = DATA_SAMPLERS.build(
        dict(type='KeyedInfiniteSampler', dataset=Noisy(), seed=1))
    assert type(sampler) is KeyedInfiniteSampler
