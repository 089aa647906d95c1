"""What a stage starts from made its training data, or it does not start."""
import copy
import json
from types import SimpleNamespace

import pytest
import torch

from mmseg_zeroshot.datasets import (
    FeatureBankDataset,
    GraphBankDataset,
    GraphLayoutDataset,
    build_feature_bank,
)
from mmseg_zeroshot.engine.hooks.runner_access import start_sha256
from mmseg_zeroshot.models.frozen_extractor import FrozenExtractor

from .engine.hooks.consistency.test_self_training import PSEUDO, PseudoData
from .engine.hooks.tiny_run import TinyData, loader
from .test_graph_stages import with_graphs
from .test_zs3net_stages import BANK, CLASS_SPLIT, run, staged

RECURSION = dict(type='ZSMMDLoss', tau=.7, gamma=.01, start=0)
STAGES = {
    'generator': (staged('generator'), FeatureBankDataset, {}),
    'classifier': (staged('classifier'), FeatureBankDataset, {}),
    'recursion': (staged('joint', recursion=RECURSION), FeatureBankDataset,
                  {}),
    'graph generator': (with_graphs('generator'), GraphBankDataset, {}),
    'graph classifier': (with_graphs('classifier'), GraphLayoutDataset,
                         dict(embeddings='glove-6b-50d')),
}


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Two networks, and the bank of the first."""
    folder = tmp_path_factory.mktemp('networks')
    for name, iterations in (('seen', 2), ('other', 4)):
        runner = run(folder / name, staged('seen'), loader(TinyData()),
                     max_iters=iterations)
        if name == 'seen':
            extract = FrozenExtractor(copy.deepcopy(runner.model), 'cpu')
    build_feature_bank(
        folder / 'bank', make_dataset=TinyData,
        make_extract=lambda device: extract, max_vectors=20,
        checkpoint=folder / 'seen/iter_2.pth',
        graphs=dict(min_pixels=1, pixels=2), report=lambda line: None)
    return folder


def of_bank(bank, stage: str) -> dict:
    """A stage's model and data on a bank."""
    model, data, options = STAGES[stage]
    return dict(model=copy.deepcopy(model), max_iters=2, train=dict(
        BANK, dataset=data(bank, CLASS_SPLIT, **options)))


@pytest.mark.parametrize('stage', STAGES)
def test_a_bank_of_another_network_is_refused(stage, folder, tmp_path):
    """Of stage 0 itself: its file is not the one that the bank is of."""
    with pytest.raises(ValueError, match=(
            'other/iter_4.pth.* is the network .* reads features of the')):
        run(tmp_path, load_from=folder / 'other/iter_4.pth',
            **of_bank(folder / 'bank', stage))


@pytest.mark.parametrize('stage', STAGES)
def test_a_bank_of_another_network_is_refused_later(stage, folder, tmp_path):
    """A stage's checkpoint says which network its bank was of."""
    checkpoint = torch.load(folder / 'seen/iter_2.pth', weights_only=False)
    checkpoint['meta']['dataset_meta']['extractor'] = 'f' * 64
    torch.save(checkpoint, tmp_path / 'trained.pth')
    with pytest.raises(ValueError, match=(
            'trained on features of the network ffff.* reads features of')):
        run(tmp_path, load_from=tmp_path / 'trained.pth',
            **of_bank(folder / 'bank', stage))


@pytest.mark.parametrize('stage', ['generator', 'graph generator'])
def test_the_bank_of_the_network_itself_is_taken(stage, folder, tmp_path):
    runner = run(tmp_path, load_from=folder / 'seen/iter_2.pth',
                 **of_bank(folder / 'bank', stage))
    assert runner.iter == 2


def test_a_network_that_cannot_be_compared_is_refused():
    """The bank's is a local file; what is downloaded may be anything."""
    runner = SimpleNamespace(_resume=False, _load_from='https://x.org/a.pth')
    with pytest.raises(ValueError, match=r'x.org/a.pth.* no local file'):
        start_sha256(runner)
    runner._resume = True  # its own checkpoint says what it was begun with
    assert start_sha256(runner) is None


def self_trained(folder, work_dir, **options):
    """A run on pseudo-labels of the first network."""
    stamp = json.loads((folder / 'bank/stamp.json').read_text())
    data = PseudoData(checkpoint=stamp['checkpoint'])
    hooks = dict(type='ZeroShotResultsHook', method='ZS5Net',
                 supervision='self-training')
    return run(work_dir, staged('self-training'), loader(data),
               hooks=[hooks], **options)


def test_pseudo_labels_of_another_model_are_refused(folder, tmp_path):
    assert 'checkpoint' not in PSEUDO
    with pytest.raises(ValueError, match=(
            'pseudo-labels pseudo were made by the model .* the model that '
            'goes on is .*other/iter_4.pth')):
        self_trained(folder, tmp_path / 'other', max_iters=2,
                     load_from=folder / 'other/iter_4.pth')


def test_self_training_goes_on_with_its_own_pseudo_labels(folder, tmp_path):
    start = dict(load_from=folder / 'seen/iter_2.pth', resume=True)
    self_trained(folder, tmp_path / 'own', max_iters=2, **start)
    runner = self_trained(folder, tmp_path / 'own', max_iters=4, **start)
    assert runner.iter == 4
    # Begun on labels of this model, and not of another.
    path = tmp_path / 'own/iter_4.pth'
    checkpoint = torch.load(path, weights_only=False)
    checkpoint['meta']['dataset_meta']['pseudo_labels']['checkpoint'] = (
        'f' * 64)
    torch.save(checkpoint, path)
    with pytest.raises(ValueError, match='the model that goes on is ffff'):
        self_trained(folder, tmp_path / 'own', max_iters=6, **start)
