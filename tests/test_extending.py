"""The worked example of the documentation: a generator of one's own."""
import importlib
import re

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

from mmseg_zeroshot.models import FeatureSets
from mmseg_zeroshot.models.generators import BaseGenerator

from .models.word_models import RETRAINED, build

CVAE = dict(type='CVAEGenerator', hidden_dim=32, latent_dim=4)


@pytest.fixture
def example(repo_root, monkeypatch):
    """The example's file, imported as a config's custom_imports does."""
    monkeypatch.syspath_prepend(repo_root / 'docs' / 'extending')
    return importlib.import_module('cvae_generator')


@pytest.fixture
def model(example):
    torch.manual_seed(0)
    model = build(RETRAINED, stage='generator', generator=CVAE)
    model.init_weights()
    return model.train()


def bank(steps):
    """Yield sets of three seen classes, each around a place of its own."""
    generator = torch.Generator().manual_seed(0)
    places = 2 * torch.randn(3, 1, 8, generator=generator)
    for _ in range(steps):
        noise = torch.randn(3, 16, 8, generator=generator)
        yield FeatureSets(places + .3 * noise, torch.arange(3),
                          torch.full((3, ), 1 / 3))


def train(model, steps) -> list[float]:
    """Train the stage's part; return the sum of the losses of each step."""
    head = model.decode_head
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=.01)
    totals = []
    for sets in bank(steps):
        losses = model.loss(sets, None)
        total = sum(v for key, v in losses.items() if 'loss' in key)
        optimizer.zero_grad()
        total.backward()
        assert all(p.grad.abs().sum() > 0 for p in parameters)
        assert all(p.grad is None for p in head.host.parameters())
        optimizer.step()
        totals.append(total.item())
    return totals


def test_the_example_is_short(repo_root):
    path = repo_root / 'docs' / 'extending' / 'cvae_generator.py'
    assert len(path.read_text('utf-8').splitlines()) < 50


def test_the_generator_stage_learns(model):
    """Its losses fall, and what it generates is where its class is."""
    head = model.decode_head
    trained = {name.split('.')[1] for name, p in head.named_parameters()
               if p.requires_grad}
    assert trained == {'encoder', 'decoder'}
    totals = train(model, 120)
    assert sum(totals[-20:]) < .5 * sum(totals[:20])
    sets, = bank(1)
    with torch.no_grad():
        generated = head.generate([0, 1, 2], 64).mean(1)
    nearest = torch.cdist(generated, sets.features.mean(1)).argmin(1)
    assert nearest.tolist() == [0, 1, 2]


@pytest.mark.parametrize('stage, parts', [
    ('classifier', {'classifier'}),
    ('joint', {'generator', 'classifier'})])
def test_the_other_stages_take_it_too(example, stage, parts):
    torch.manual_seed(0)
    model = build(RETRAINED, stage=stage, generator=CVAE, recursion=dict(
        type='ZSMMDLoss', tau=.01, gamma=1.) if stage == 'joint' else None)
    model.train()
    model.decode_head.classifier.bias.data[3] = 3.  # confident of 'cat'
    sets, = bank(1)
    model.loss(sets, None)
    losses = model.loss(sets, None)
    assert ('decode.loss_zs_mmd' in losses) == (stage == 'joint')
    sum(v for key, v in losses.items() if 'loss' in key).backward()
    touched = {name.split('.')[0]
               for name, p in model.decode_head.named_parameters()
               if p.grad is not None and p.grad.abs().sum() > 0}
    assert touched == parts


def test_the_config_of_the_page(example, repo_root, tmp_path):
    page = (repo_root / 'docs/extending/add_a_generator.md').read_text('utf-8')
    text, = re.findall(r'```text\n(# cvae-s1.py.*?)```', page, re.S)
    leaf = tmp_path / 'cvae-s1.py'
    leaf.write_text(text.replace("'configs/", f"'{repo_root}/configs/"))
    config = Config.fromfile(leaf)
    init_default_scope('mmseg')
    head = MODELS.build(config.model.decode_head)
    assert type(head.generator) is example.CVAEGenerator
    assert head.generator.latent_dim == 32
    assert head.generator.feature_dim == head.feature_channels
    assert head.stage == 'generator'


def test_a_generator_without_losses_is_none():
    class Half(BaseGenerator):
        def forward(self, vectors, num):
            return vectors

    with pytest.raises(TypeError, match='losses'):
        Half(3, 5)
