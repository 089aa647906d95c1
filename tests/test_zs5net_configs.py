"""ZS5Net's configs and recipes: one model, one folder, one label."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mmseg_zeroshot.commands import sweep
from mmseg_zeroshot.engine.recipes import load_recipe, make_sweep
from mmseg_zeroshot.engine.recipes.state import environment, step_config
from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from tools import run_recipe

ROOT = Path(__file__).resolve().parents[1]
LEAVES = sorted(p.name for p in ROOT.glob('configs/zs5net/*.py'))
NAMES = ('compositions', 'voclayout', 'voc12aug', 'context')
SWEPT = ('compositions', 'voclayout')


def load(name: str) -> Config:
    return Config.fromfile(ROOT / 'configs/zs5net' / name)


def test_every_data_set_has_a_config_and_a_recipe():
    assert len(LEAVES) == 3
    recipes = {p.stem for p in ROOT.glob('configs/recipes/zs5net_*.py')}
    assert recipes == {*(f'zs5net_{name}' for name in NAMES),
                       *(f'zs5net_p_{name}' for name in SWEPT)}


@pytest.mark.parametrize('name', LEAVES)
def test_pseudo_labels_are_those_of_the_model_that_goes_on(name):
    cfg = load(name)
    given = cfg.train_dataloader.dataset.pseudo_labels
    assert 'checkpoint' not in given  # the hook compares them with load_from
    assert cfg.pseudo_labels.path == given.path
    assert Path(given.path).parent == Path(cfg.load_from).parent
    assert given.unlabelled is None
    assert cfg.model.decode_head.phase == 'self-training'
    results = dict(cfg.default_hooks.results)
    assert not results.pop('variant', {})
    assert results == dict(
        type='ZeroShotResultsHook', method='ZS5Net',
        supervision='self-training')
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


def test_a_list_of_unlabelled_images():
    base = Config.fromfile(next(ROOT.glob(
        'configs/zs3net/zs3net-s0_*voc12aug*')))
    base = derive(base, Config.fromfile(
        ROOT / 'configs/_base_/recipes/strict.py'))
    cfg = derive(base, stages.self_training(
        base, load_from='a.pth', pseudo_labels='labels', percent=25.,
        unlabelled='list.txt'))
    assert cfg.train_dataloader.dataset.pseudo_labels == dict(
        path='labels', unlabelled='list.txt')


@pytest.mark.parametrize('name', NAMES)
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


def train_list(step):
    """The list of training images in a step's config."""
    with environment(step.env):
        cfg = step_config(step, ROOT)
    data = (cfg.feature_bank.dataset if step.name == 'bank' else
            cfg.train_dataloader.dataset)
    return data.dataset.ann_file


@pytest.mark.parametrize('labelled', [None, 'labelled.txt'])
def test_steps_before_self_training_may_have_other_images(labelled,
                                                          monkeypatch):
    """Listed images, which may have no mask, can be kept out of them."""
    monkeypatch.setenv('ZS_TRAIN_LIST', 'all.txt')
    monkeypatch.setenv('ZS_UNLABELLED', 'unlabelled.txt')
    if labelled:
        monkeypatch.setenv('ZS_LABELLED_LIST', labelled)
    steps = {step.name: step for step in load_recipe(
        'zs5net_voclayout', ROOT).steps}
    lists = {name: train_list(steps[name])
             for name in ('seen', 'bank', 'pseudo-labels', 'zs5net')}
    assert lists == {
        'seen': labelled or 'all.txt', 'bank': labelled or 'all.txt',
        'pseudo-labels': 'all.txt', 'zs5net': 'all.txt'}


@pytest.mark.parametrize('name', [*(f'zs5net_{name}' for name in NAMES),
                                  'zs5net_p_voclayout'])
@pytest.mark.parametrize('variable, value, message', [
    ('ZS_P', '150', 'p=150.0 is the percentage'),
    ('ZS_P', '0', 'p=0.0 is the percentage'),
    ('ZS_ROUNDS', '0', 'ZS_ROUNDS=0 must be at least 1'),
])
def test_wrong_numbers_stop_before_the_first_step(
        name, variable, value, message, monkeypatch, capsys):
    monkeypatch.setenv(variable, value)
    assert run_recipe.main([name, '--dry-run']) == 1
    assert message in capsys.readouterr().err


def test_wrong_values_of_p_stop_before_the_first_step(monkeypatch, capsys):
    monkeypatch.setenv('ZS_P_VALUES', '10,250')
    assert run_recipe.main(['zs5net_p_compositions', '--dry-run']) == 1
    assert 'p=250.0 is the percentage' in capsys.readouterr().err


@pytest.mark.parametrize('name', SWEPT)
@pytest.mark.parametrize('rounds', [1, 2])
def test_the_swept_p_is_that_of_every_round(name, rounds, monkeypatch):
    for key, value in dict(ROUNDS=rounds, P_VALUES='25,100', UNSEEN='cow',
                           VALIDATION='horse', TUNE_SEEDS='3 4').items():
        monkeypatch.setenv(f'ZS_{key}', str(value))
    first, *rest = load_recipe(f'zs5net_p_{name}', ROOT).steps
    assert (first.name, first.tool, first.seeded) == ('p', 'sweep', False)
    with environment(first.env):
        args = sweep.parse_args([first.config, *first.arguments])
        made = make_sweep(sweep.read_target(args.target), args.key,
                          steps=args.step, score=args.score_step)
    assert args.seeds == [3, 4]
    assert made.role == 'validation'
    labelling = [step for step in made.recipe.steps
                 if step.tool == 'pseudo_label']
    assert [step.options['pseudo_labels.p'] for step in labelling] == [
        25] * rounds + [100] * rounds
    end = '' if rounds == 1 else '-2'
    assert [*made.scored.values()] == [f'zs5net{end}-p_25',
                                       f'zs5net{end}-p_100']
    # Then all seen classes train, with the best p in every round.
    plain = load_recipe(f'zs5net_{name}', ROOT).steps
    assert [step.name for step in rest] == [step.name for step in plain]
    for step, other in zip(rest, plain):
        if step.tool == 'pseudo_label':
            assert step.options == {
                **other.options, 'pseudo_labels.p':
                '{p.value:pseudo_labels.p}'}
        else:
            assert step == other
