"""Experiment files."""
from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.experiment import (
    load_experiment,
    read_experiment,
    shipped_experiments,
)
from mmseg_zeroshot.experiments.methods import make_plan

from .files import own


def test_own_folder(tmp_path: Path) -> None:
    experiment = own(tmp_path)
    assert experiment.name == 'farm'
    assert experiment.classes.unseen == ('bus', )
    assert experiment.classes.classes[0] == 'sky'
    assert experiment.can_hold_out


def test_classes_and_words_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / 'names.txt').write_text('sky\nroad\ncar\ntree\nbus\n')
    (tmp_path / 'farm.npz').write_bytes(b'')
    experiment = own(tmp_path, "words = ['farm.npz', 'glove-6b-50d']",
                     classes='names.txt')
    assert len(experiment.classes.classes) == 5
    assert experiment.words == [str(tmp_path / 'farm.npz'), 'glove-6b-50d']


def test_held_out(tmp_path: Path) -> None:
    split = own(tmp_path).held_out().classes
    assert split.unseen == ('car', )
    assert split.ignored == ('bus', )
    assert split.held_out


@pytest.mark.parametrize('text, message', [
    ("netwrok = 'x'", "unknown key 'netwrok'.*network"),
    ("data['rot'] = 1", "unknown key 'rot' in data.*root"),
    ("data['crop'] = 'big'", 'data.crop must be two positive numbers'),
    ("base = 'x.py'", "has both 'base' and 'data'"),
    ("split = dict(unseen=['buss'])", "unknown class 'buss'|buss"),
    ("start = 'there'", "start is 'seen' or 'backbone', got 'there'"),
    ("imports = 'mine'", r"imports must be a list, write \['mine'\]"),
])
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own(tmp_path, text).classes  # noqa: B018


def test_missing_keys(tmp_path: Path) -> None:
    path = tmp_path / 'empty.py'
    path.write_text("network = 'deeplabv3plus_r18-w32'\n")
    with pytest.raises(ValueError, match="has no 'split'"):
        read_experiment(path)
    with pytest.raises(FileNotFoundError, match='no experiment file'):
        load_experiment('nowhere.py')
    with pytest.raises(ValueError, match="unknown experiment 'voc12-zs3-k3'"):
        load_experiment('voc12-zs3-k3')


@pytest.mark.parametrize('name', shipped_experiments())
def test_shipped_experiments_make_steps(name: str) -> None:
    plan = make_plan(load_experiment(name), ['seen', 'spnet', 'zs3net'])
    assert 'seen' in plan.steps and 'zs3net' in plan.steps


def test_experiment_by_split() -> None:
    experiment = load_experiment('context-recursive-k4')
    assert experiment.classes.name == experiment.name == 'context-recursive-k4'
    assert len(experiment.classes.unseen) == 4


def test_crop_and_size_reach_every_place(tmp_path: Path) -> None:
    experiment = own(tmp_path, 'data.update(crop=(128, 96), size=(200, 100))')
    config = make_plan(experiment, ['seen']).steps['seen'].config
    assert config is not None
    assert config['model']['data_preprocessor']['size'] == (128, 96)
    train = config['train_dataloader']['dataset']['pipeline']
    assert train[3]['crop_size'] == (128, 96)
    assert train[2]['scale'] == (200, 100)
    assert config['val_dataloader']['dataset']['pipeline'][1]['scale'] == (
        200, 100)


def test_options_of_every_kind_reach_every_step(tmp_path: Path) -> None:
    experiment = own(tmp_path).changed({
        'model.test_cfg.crop_size': (64, 64),
        'default_hooks.results.dataset': 'my farm, small',
        'vis_backends': [dict(type='LocalVisBackend')],
        'default_hooks.checkpoint.interval': 7})
    for step in make_plan(experiment, ['spnet', 'zs3net']).steps.values():
        assert step.config is not None
        assert step.config['model']['test_cfg']['crop_size'] == (64, 64)
        hooks = step.config['default_hooks']
        assert hooks['results']['dataset'] == 'my farm, small'
        assert hooks['checkpoint']['interval'] == 7


def test_an_option_reaches_the_steps_that_have_a_place_for_it(
        tmp_path: Path) -> None:
    experiment = own(tmp_path).changed({
        'train_dataloader.dataset.mode': 'drop',
        'train_dataloader.dataset.dataset.ann_file': 'few.txt',
        'model.backbone.frozen_stages': 7})
    steps = make_plan(experiment, ['zs3net'], calibrate=False).steps
    data = {name: (steps[name].config or {})['train_dataloader']['dataset']
            for name in ('seen', 'generator', 'zs3net')}
    assert data['seen']['mode'] == 'drop'
    assert data['seen']['dataset']['ann_file'] == 'few.txt'
    for name in ('generator', 'zs3net'):
        assert not {'mode', 'dataset'} & set(data[name])
    for step in steps.values():
        assert (step.config or {})['model']['backbone']['frozen_stages'] == 7


@pytest.mark.parametrize('key, message', [
    ('train_dataloder.batch_size', "'train_dataloder' is .*train_dataloader"),
    ('modl', "'modl' is unknown.*model"),
    ('model.decode_head.recursion.tau', 'no step of seen, spnet has'),
])
def test_an_option_that_no_step_has_is_refused(
        tmp_path: Path, key: str, message: str) -> None:
    experiment = own(tmp_path).changed({key: 3})
    with pytest.raises(ValueError, match=message):
        make_plan(experiment, ['seen', 'spnet'], calibrate=False)


def test_an_option_of_one_step_stays_there(tmp_path: Path) -> None:
    rate = {'optim_wrapper.optimizer.lr': 0.5}
    experiment = own(tmp_path, f'options = dict(seen={rate})')
    steps = make_plan(experiment, ['seen', 'spnet'], calibrate=False).steps
    assert [(step.config or {})['optim_wrapper']['optimizer']['lr'] == 0.5
            for step in steps.values()] == [True, False]


def test_relative_paths_of_an_experiment_that_inherits_another(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'names.txt').write_text('sky\nroad\ncar\ntree\nbus\n')
    (tmp_path / 'farm.npz').write_bytes(b'')
    own(tmp_path, "words = 'farm.npz'", classes='names.txt')
    path = tmp_path / 'work/tuned.py'
    path.parent.mkdir()
    path.write_text("_base_ = '../farm.py'\nbegin = '..'\n")
    monkeypatch.chdir(tmp_path)
    experiment = load_experiment('work/tuned.py')
    assert len(experiment.classes.classes) == 5
    words = Path(experiment.words)
    assert words.is_absolute() and words.samefile('farm.npz')
