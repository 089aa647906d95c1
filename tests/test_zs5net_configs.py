"""ZS5Net's configs and experiments: one model, one folder, one label."""
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.experiment import (
    Experiment,
    load_experiment,
)
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.tuning import make_tuning

ROOT = Path(__file__).resolve().parents[1]
LEAVES = sorted(p.name for p in ROOT.glob('configs/zs5net/*.py'))
NAMES = ('compositions', 'voc-animals', 'voc12-zs3', 'context-zs3')


def load(name: str) -> Config:
    return Config.fromfile(ROOT / 'configs/zs5net' / name)


def test_every_data_set_has_a_config():
    assert len(LEAVES) == 3


@pytest.mark.parametrize('name', LEAVES)
def test_pseudo_labels_are_those_of_the_model_that_goes_on(name):
    cfg = load(name)
    given = cfg.train_dataloader.dataset.pseudo_labels
    assert 'checkpoint' not in given  # the hook compares them with load_from
    assert cfg.pseudo_labels.path == given.path
    assert Path(given.path).parent == Path(cfg.load_from).parent
    assert given.unlabelled is None
    assert cfg.model.decode_head.stage == 'self-training'
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
def test_each_round_labels_with_the_model_before_it(name):
    experiment = with_(load_experiment(name), p=60, rounds=2)
    steps = make_plan(experiment, ['zs5net']).steps
    assert list(steps)[-5:] == ['zs3net', 'pseudo-labels', 'zs5net',
                                'pseudo-labels-2', 'zs5net-2']
    for teacher, end in (('zs3net', ''), ('zs5net', '-2')):
        labels, training = (steps['pseudo-labels' + end],
                            steps['zs5net' + end])
        assert labels.load == teacher
        assert labels.config['pseudo_labels']['p'] == 60
        assert set(training.needs) == {teacher, 'pseudo-labels' + end}
        assert training.report


@pytest.mark.parametrize('listed', [None, 'all.txt'])
def test_steps_before_self_training_may_have_other_images(listed):
    """Listed images, which may have no mask, can be kept out of them."""
    experiment = with_(load_experiment('voc-animals'), images=listed or '',
                       unlabelled='unlabelled.txt')
    steps = make_plan(experiment, ['zs5net']).steps
    own = experiment.data['train']
    assert {name: train_list(steps[name].config) for name in (
        'seen', 'bank', 'pseudo-labels', 'zs5net')} == {
            'seen': own, 'bank': own, 'pseudo-labels': listed or own,
            'zs5net': listed or own}


@pytest.mark.parametrize('name', NAMES)
@pytest.mark.parametrize('given, message', [
    (dict(p=150), 'p=150 is the percentage'),
    (dict(p=0), 'p=0 is the percentage'),
    (dict(rounds=0), "'rounds'.=0 must be at least 1"),
])
def test_wrong_numbers_stop_before_the_first_step(name, given, message):
    with pytest.raises(ValueError, match=message):
        make_plan(with_(load_experiment(name), **given), ['zs5net'])


def test_p_is_tuned_on_validation_classes_only():
    keys = {'pseudo_labels.p': [25, 100]}
    with pytest.raises(ValueError, match='names no validation classes'):
        make_tuning(load_experiment('voc12-zs3-k2'), 'zs5net', keys,
                    steps=['pseudo-labels'])
    tuning = make_tuning(with_(load_experiment('compositions'), rounds=2),
                         'zs5net', keys,
                         steps=['pseudo-labels', 'pseudo-labels-2'])
    assert tuning.role == 'validation'
    labelling = [step for step in tuning.steps.values()
                 if step.command == 'pseudo-label']
    assert [step.config['pseudo_labels']['p'] for step in labelling] == [
        25, 25, 100, 100]
    assert list(tuning.scored.values()) == ['zs5net-2-p_25',
                                            'zs5net-2-p_100']


def with_(experiment: Experiment, **given: Any) -> Experiment:
    """Return an experiment with arguments of the self-training."""
    return replace(experiment, stages={**experiment.stages, 'zs5net': given})


def train_list(config: Mapping[str, Any]) -> str:
    """Return the list of training images in a step's config."""
    data = (config['feature_bank']['dataset'] if 'feature_bank' in config
            else config['train_dataloader']['dataset'])
    return data['dataset']['ann_file']
