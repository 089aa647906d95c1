"""A resumed run ends with the bits of a run in one go, at every stage.

``make resume-check`` kills and resumes the shipped stages, with loader
workers and in two processes; here are the same stages in tiny.
"""
import copy
import subprocess
import sys

import numpy as np
import pytest
import torch

from mmseg_zeroshot.datasets import (
    FeatureBankDataset,
    GraphBankDataset,
    GraphLayoutDataset,
    build_feature_bank,
)
from mmseg_zeroshot.models.frozen_extractor import FrozenExtractor

from .engine.hooks.tiny_run import HOST, TinyData, loader, model_config
from .resume_matrix import compared, differing
from .test_graph_stages import with_graphs
from .test_zs3net_stages import BANK, CLASS_SPLIT, run, staged

HOOKS = [dict(type='StepSeedHook'), dict(type='RunStateHook')]
RECURSION = dict(type='ZSMMDLoss', tau=.01, gamma=5.)


class Augmented(TinyData):
    """The tiny data, each image with other noise whenever it is drawn."""

    def __getitem__(self, index):
        sample = super().__getitem__(index)
        noise = np.random.randint(0, 20, sample['inputs'].shape, np.uint8)
        sample['inputs'] = sample['inputs'] // 2 + torch.from_numpy(noise)
        return sample


@pytest.fixture(scope='module')
def start(tmp_path_factory):
    """A folder with stage 0's checkpoint, and a bank with graphs."""
    folder = tmp_path_factory.mktemp('resumption')
    runner = run(folder / 'seen', staged('seen'), loader(TinyData()),
                 max_iters=2)
    checkpoint = torch.load(folder / 'seen/iter_2.pth', weights_only=False)
    # Every vector is taken for the unseen class: recursion selects it.
    checkpoint['state_dict']['decode_head.classifier.bias'][2] = 20.
    torch.save(checkpoint, folder / 'seen/iter_2.pth')
    extract = FrozenExtractor(copy.deepcopy(runner.model), 'cpu')
    build_feature_bank(
        folder / 'bank', make_dataset=TinyData,
        make_extract=lambda device: extract, max_vectors=20,
        checkpoint=folder / 'seen/iter_2.pth',
        graphs=dict(min_pixels=1, pixels=2), report=lambda line: None)
    return folder


def on_images(folder, workers=0):
    return dict(loader(Augmented()), num_workers=workers,
                sampler=dict(type='KeyedInfiniteSampler'))


def on_bank(kind, **options):
    return lambda folder: dict(BANK, dataset=kind(
        folder / 'bank', CLASS_SPLIT, **options))


def projected(loss, head='SemanticProjectionHead'):
    model = model_config()
    model['decode_head'].update(
        type=head, host=dict(HOST, loss_decode=dict(type=loss)))
    return model


def adversarial():
    model = staged('generator')
    model['decode_head']['generator'] = dict(
        type='WGANGenerator', hidden_dim=16)
    return model


SETS = on_bank(FeatureBankDataset, num_vectors=8)
STAGES = {
    'seen': (lambda: staged('seen'), on_images),
    'spnet': (model_config, on_images),
    'devise': (lambda: projected('CosineLoss', 'DeViSEHead'), on_images),
    'ale': (lambda: projected('ALELoss'), on_images),
    'hvsl': (lambda: projected('HingeVisualSemanticLoss'), on_images),
    'joint': (lambda: staged('joint'), on_images),
    'self-training': (lambda: staged('self-training'), on_images),
    'zs-mmd': (lambda: staged('joint', recursion=RECURSION), on_images),
    'zs-mmd, bank': (lambda: staged('joint', recursion=RECURSION), SETS),
    'generator': (lambda: staged('generator'), SETS),
    'gan': (adversarial, SETS),
    'classifier': (lambda: staged('classifier'), SETS),
    'graph generator': (lambda: with_graphs('generator'), on_bank(
        GraphBankDataset, num_graphs=3)),
    'graph classifier': (lambda: with_graphs('classifier'), on_bank(
        GraphLayoutDataset, num_layouts=3, num_vectors=8,
        embeddings='glove-6b-50d')),
}


def train(folder, work, stage, *, until, hooks=HOOKS, **options):
    """Train a stage up to an iteration, from where it stopped."""
    make_model, make_loader = STAGES[stage]
    model = make_model()
    if 'recursion' in model['decode_head']:
        hooks = [*hooks, dict(type='RecursionHook', interval=3)]
    retrained = 'generator' in model['decode_head']
    run(work, model, make_loader(folder, **options), max_iters=until,
        resume=True, hooks=hooks, load_from=(
            folder / 'seen/iter_2.pth' if retrained else None))


@pytest.mark.parametrize('stage, workers', [
    *((stage, 0) for stage in STAGES), ('joint', 2)])
def test_stopped_and_resumed(stage, workers, start, tmp_path):
    options = dict(workers=workers) if workers else {}
    train(start, tmp_path / 'whole', stage, until=4, **options)
    for until in (2, 4):
        train(start, tmp_path / 'stopped', stage, until=until, **options)
    assert compared(tmp_path / 'whole', tmp_path / 'stopped') == []


@pytest.mark.parametrize('left_out', HOOKS, ids=lambda hook: hook['type'])
def test_every_hook_is_needed(left_out, start, tmp_path):
    hooks = [hook for hook in HOOKS if hook != left_out]
    train(start, tmp_path / 'whole', 'zs-mmd', until=4, hooks=hooks)
    for until in (2, 4):
        train(start, tmp_path / 'stopped', 'zs-mmd', until=until, hooks=hooks)
    assert any('.state_dict.' in place for place in compared(
        tmp_path / 'whole', tmp_path / 'stopped'))


def test_a_difference_is_found():
    one = dict(a=[torch.tensor(1.), dict(b=2)])
    assert list(differing(one, copy.deepcopy(one))) == []
    other = dict(a=[torch.tensor(1.).nextafter(torch.tensor(2.)), dict(b=3)])
    assert list(differing(one, other)) == ['.a.0', '.a.1.b']


@pytest.mark.slow
@pytest.mark.parametrize('case, workers, processes', [
    ('spnet', 2, 1), ('zs-mmd on images', 0, 2)])
def test_killed_and_resumed(case, workers, processes, repo_root):
    """Shipped stages, killed from outside, by mmseg's own train.py."""
    done = subprocess.run(
        [sys.executable, '-m', 'tests.resume_matrix', '--cases', case,
         '--workers', str(workers), '--processes', str(processes)],
        cwd=repo_root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert f'| {case} | {workers} | {processes} |' in done.stdout
    assert done.stdout.rstrip().endswith('| equal |')
