"""Configs and experiments of ZS3Net with graph context."""
from dataclasses import replace
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.semantics import build_split

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
FIRST = sorted(p.name for p in CONFIGS.glob('zs3net/zs3net-gc-s1_*.py'))
SECOND = sorted(p.name for p in CONFIGS.glob('zs3net/zs3net-gc-s2_*.py'))


def load(name: str) -> Config:
    return Config.fromfile(CONFIGS / 'zs3net' / name)


@pytest.mark.parametrize('name', FIRST)
def test_step_1_is_the_plain_one_on_graphs(name):
    cfg, plain = load(name), load(name.replace('-gc', ''))
    data = cfg.train_dataloader.dataset
    assert data.type == 'GraphBankDataset'
    assert data.bank == cfg.feature_bank.path
    assert cfg.load_from == plain.load_from
    assert build_split(data.split) == build_split(cfg.model.decode_head.split)
    # Graphs apart, the bank is that of the plain step: one serves both.
    assert cfg.feature_bank.pop('graphs').min_pixels == 4
    assert cfg.feature_bank == plain.feature_bank
    assert cfg.optim_wrapper == plain.optim_wrapper
    assert cfg.train_cfg == plain.train_cfg
    init_default_scope('mmseg')
    head = MODELS.build(cfg.model.decode_head)
    assert type(head).__name__ == 'GraphRetrainedHead'
    assert type(head.generator).__name__ == 'GraphGMMNGenerator'
    assert head.stage == 'generator'


@pytest.mark.parametrize('name', FIRST + SECOND)
@pytest.mark.parametrize('recipe, message', [
    ('gan', 'WGANGenerator, which has no graph context: .*strict or paper'),
    ('released', 'ReleasedRetrainedHead with GMMNGenerator, which has no gr'),
])
def test_recipes_without_graphs_are_refused(name, recipe, message,
                                            monkeypatch):
    monkeypatch.setenv('ZS_RECIPE', recipe)
    with pytest.raises(ValueError, match=message):
        load(name)


@pytest.mark.parametrize('name', FIRST)
def test_the_recipe_as_printed_has_graphs(name, monkeypatch):
    monkeypatch.setenv('ZS_RECIPE', 'paper')
    head = load(name).model.decode_head
    generator = head.generator
    assert (head.type, generator.type, generator.loss.reading) == (
        'GraphRetrainedHead', 'GraphGMMNGenerator', 'printed')


@pytest.mark.parametrize('name', SECOND)
@pytest.mark.parametrize('layouts, label', [
    ('strict', 'strict'), ('paper', 'paper'), ('my/sketches', 'paper')])
def test_step_2_and_its_layouts(name, layouts, label):
    cfg, plain = load(name), load(name.replace('-gc', ''))
    if layouts != 'strict':  # the configs' own
        first = load(name).train_dataloader
        cfg = derive(cfg, stages.graph_classifier(
            cfg, load_from=cfg.load_from, layouts=layouts,
            iterations=cfg.train_cfg.max_iters))
        assert first != cfg.train_dataloader
    first = next(f for f in FIRST
                 if f.split('_')[1::2] == name.split('_')[1::2])
    iterations = load(first).train_cfg.max_iters
    assert cfg.load_from == (f'work_dirs/{Path(first).stem}/'
                             f'iter_{iterations}.pth')
    data = cfg.train_dataloader.dataset
    assert data.type == 'GraphLayoutDataset'
    inner = cfg.feature_bank.dataset.dataset
    assert data.layouts == (inner if layouts == 'paper' else layouts)
    assert data.embeddings == cfg.model.decode_head.embeddings
    assert data.num_vectors == cfg.model.decode_head.num_vectors
    assert data.num_layouts >= len(build_split(data.split).unseen)
    results = cfg.default_hooks.results
    assert (results.method, results.supervision) == ('ZS3Net + GC', label)
    assert cfg.model.decode_head.stage == 'classifier'
    assert cfg.optim_wrapper == plain.optim_wrapper
    assert cfg.train_cfg == plain.train_cfg
    assert cfg.param_scheduler == plain.param_scheduler


def test_every_dense_data_set_has_both_steps():
    assert len(FIRST) == len(SECOND) == 2


@pytest.mark.parametrize('name', ['compositions-dense', 'context-zs3-k2'])
def test_experiments_compare_with_and_without(name):
    steps = make_plan(
        load_experiment(name),
        ['seen', 'zs3net', 'zs3net-gc', 'zs3net-gc:paper'],
        calibrate=False).steps
    rows = [name for name in steps if steps[name].report]
    assert rows == ['seen', 'zs3net', 'zs3net-gc', 'zs3net-gc-paper']
    # One network for all rows and seeds, one generator for both layouts.
    assert [name for name in steps if not steps[name].seeded] == [
        'seen', 'bank', 'graph-bank']
    for row, layouts in (('zs3net-gc', 'strict'), ('zs3net-gc-paper',
                                                   'paper')):
        assert 'graph-generator' in steps[row].needs
        results = steps[row].config['default_hooks']['results']
        assert results['supervision'] == layouts


@pytest.mark.parametrize('recipe', ['gan', 'released'])
def test_experiments_of_recipes_without_graphs_are_refused(recipe):
    experiment = replace(load_experiment('compositions-dense'), recipe=recipe)
    with pytest.raises(ValueError, match='has no graph context'):
        make_plan(experiment, ['zs3net-gc'], calibrate=False)
