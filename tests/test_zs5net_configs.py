"""ZS5Net's configs and recipes: one model, one folder, one label."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mmseg_zeroshot.engine.recipes import load_recipe, make_sweep

ROOT = Path(__file__).resolve().parents[1]
LEAVES = sorted(p.name for p in ROOT.glob('configs/zs5net/*.py'))


def load(name: str) -> Config:
    return Config.fromfile(ROOT / 'configs/zs5net' / name)


def test_every_data_set_has_a_config_and_a_recipe():
    assert len(LEAVES) == 4
    assert len(list(ROOT.glob('configs/recipes/zs5net_*.py'))) == 4


@pytest.mark.parametrize('name', LEAVES)
def test_pseudo_labels_are_those_of_the_model_that_goes_on(name, monkeypatch):
    monkeypatch.setenv('ZS_TRAINED', 'mine/iter_7.pth')
    monkeypatch.setenv('ZS_PSEUDO_LABELS', 'mine/labels')
    cfg = load(name)
    given = cfg.train_dataloader.dataset.pseudo_labels
    assert cfg.load_from == given.checkpoint == 'mine/iter_7.pth'
    assert cfg.pseudo_labels.path == given.path == 'mine/labels'
    assert given.unlabelled is None
    assert cfg.model.decode_head.phase == 'self-training'
    assert cfg.default_hooks.results == dict(
        type='ZeroShotResultsHook', method='ZS5Net', label='self-training')
    # The paper's, section 3.3.
    assert cfg.pseudo_labels.p == (75 if 'context' in name else 25)


@pytest.mark.parametrize('name', LEAVES)
def test_the_default_model_is_zs3nets_last(name):
    cfg = load(name)
    folder = Path(cfg.load_from).parent.name
    step = Config.fromfile(ROOT / f'configs/zs3net/{folder}.py')
    assert Path(cfg.load_from).name == f'iter_{step.train_cfg.max_iters}.pth'
    own, its = cfg.model.decode_head, step.model.decode_head
    for key in ('type', 'split', 'embeddings', 'host', 'generator', 'gamma'):
        assert own[key] == its[key], key


def test_a_list_of_unlabelled_images(monkeypatch):
    monkeypatch.setenv('ZS_UNLABELLED', 'list.txt')
    for name in LEAVES:
        if 'compositions' not in name:
            given = load(name).train_dataloader.dataset.pseudo_labels
            assert given.unlabelled == 'list.txt'


@pytest.mark.parametrize('name', ['compositions', 'voclayout', 'voc12aug',
                                  'context'])
def test_each_round_labels_with_the_model_before_it(name, monkeypatch):
    monkeypatch.setenv('ZS_ROUNDS', '2')
    monkeypatch.setenv('ZS_P', '60')
    steps = {step.name: step for step in load_recipe(
        f'zs5net_{name}', ROOT).steps}
    assert list(steps)[-5:] == ['zs3net', 'pseudo-labels', 'zs5net',
                                'pseudo-labels-2', 'zs5net-2']
    for teacher, end in (('zs3net', ''), ('zs5net', '-2')):
        labels, training = (steps['pseudo-labels' + end],
                            steps['zs5net' + end])
        assert labels.load == teacher
        assert labels.options['pseudo_labels.p'] == 60
        assert training.needs == (teacher, 'pseudo-labels' + end)
        assert training.reports


def test_p_is_swept_on_validation_classes_only(monkeypatch):
    recipe = load_recipe('zs5net_compositions', ROOT)
    keys = {'pseudo_labels.p': [25, 100]}
    with pytest.raises(ValueError, match='holds no validation classes out'):
        make_sweep(recipe, keys, steps=['pseudo-labels'])
    monkeypatch.setenv('ZS_DEMO_SPLIT', 'compositions-k8-cv')
    sweep = make_sweep(recipe, keys, steps=['pseudo-labels'])
    names = [step.name for step in sweep.recipe.steps]
    assert names == ['seen', 'bank', 'generator', 'zs3net',
                     'pseudo-labels-p_25', 'zs5net-p_25',
                     'pseudo-labels-p_100', 'zs5net-p_100']
    assert list(sweep.scored.values()) == ['zs5net-p_25', 'zs5net-p_100']
