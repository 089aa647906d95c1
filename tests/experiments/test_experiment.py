"""Experiment files."""
from dataclasses import fields
from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.base_config import base_config
from mmseg_zeroshot.experiments.experiment import (
    Experiment,
    load_experiment,
    read_experiment,
    shipped_experiments,
)
from mmseg_zeroshot.experiments.key_checks import KINDS
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.utils import exit_code

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


def test_a_class_with_a_blank_is_one_name(tmp_path: Path) -> None:
    experiment = own(tmp_path, "split = dict(unseen='traffic light')",
                     classes='car, traffic light, tree')
    assert experiment.classes.unseen == ('traffic light', )


def test_a_folder_with_an_experiment(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / 'farmx').mkdir()
    own(tmp_path / 'farmx').path.rename(tmp_path / 'farmx/experiment.py')
    monkeypatch.chdir(tmp_path)
    for name in ('farmx', './farmx/', str(tmp_path / 'farmx')):
        assert load_experiment(name).name == 'farmx'
    (tmp_path / 'empty').mkdir()
    with pytest.raises(ValueError, match='is experiment.py in a folder'):
        load_experiment('empty')


def test_held_out(tmp_path: Path) -> None:
    split = own(tmp_path).held_out().classes
    assert split.unseen == ('car', )
    assert split.ignored == ('bus', )
    assert split.held_out


@pytest.mark.parametrize('text, message', [
    ("netwrok = 'x'", "unknown key 'netwrok'.*network"),
    ("data['rot'] = 1", "farm.py: unknown key 'rot' in data.*root"),
    ("data['crop'] = 'big'", 'data.crop must be two positive numbers'),
    ("base = 'x.py'", 'data = .* because a base config brings its own'),
    ("split = dict(unseen=['buss'])", "farm.py: .*unknown class 'buss'"),
    ("start = 'there'", "start is 'seen' or 'backbone', got 'there'"),
    ("imports = 'mine'", "imports is a list of modules, .* got 'mine'"),
    ("mode = 'drp'", "mode is 'ignore' or 'drop', got 'drp'"),
    ("recipe = 'papr'", "recipe is a file of .*recipes, .* got 'papr'"),
    ("iterations = 'many'", "farm.py: iterations is .* got 'many'"),
    ('iterations = 0', 'iterations is a positive whole number, .* got 0'),
    ("iterations = dict(seen='a')", "iterations is .* got {'seen': 'a'}"),
    ("seen_once = 'yes'", "seen_once is True or False, got 'yes'"),
    ('gamma = dict(spnet=1.5)', 'gamma is a number from 0 to 1 or None'),
    ("options = {'optim_wrapper.optimizer.lr': 1}",
     "options is .* write those of all steps under 'all'"),
    ('stages = dict(bank=3)', 'stages is arguments by stage'),
    ('words = []', 'words is a table or file, or a list'),
    ('network = 3', 'network is a text, got 3'),
    ("splits = 'x'", "splits is a list of names, got 'x'"),
    ("network = 'x.py'\nschedule = '1k'",
     "schedule = '1k' changes nothing, because a network that is an mmseg"),
    ("network = 'x.py'\ndata = 'voc12_aug'",
     "data = 'voc12_aug' changes nothing, because a network that is"),
    ("imports = ['nope']",
     "farm.py: imports names the module 'nope', .* looked for in /"),
    ('def :', r'/farm\.py, line 6: invalid syntax'),
])
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own(tmp_path, text).classes  # noqa: B018


@pytest.mark.parametrize('line', ["mode = 'drop'", "schedule = '1k'"])
def test_a_base_config_brings_its_own(tmp_path: Path, line: str) -> None:
    path = tmp_path / 'x.py'
    path.write_text(f"base, split = 'y.py', 'voc12-spnet'\n{line}\n")
    with pytest.raises(ValueError, match='a base config brings its own'):
        read_experiment(path)


@pytest.mark.parametrize('line, expected', [
    ('', 'ignore'), ("mode = 'drop'", 'drop'),
    ("data, split = 'voc12_aug', 'voc12-spnet'", 'drop'),
    ("data, split = 'voc12_aug', 'voc12-spnet'; mode = 'ignore'", 'ignore'),
    ("data = 'mmseg::_base_/datasets/ade20k.py'", 'ignore'),
    ("data = 'mmseg::_base_/datasets/ade20k.py'; mode = 'drop'", 'drop')])
def test_mode_of_a_named_data_set(tmp_path: Path, line: str,
                                  expected: str) -> None:
    path = tmp_path / 'x.py'
    path.write_text("_base_ = 'demo.py'\n" + line)
    (tmp_path / 'demo.py').write_text(
        shipped_experiments()['demo'].read_text('utf-8'))
    config = base_config(read_experiment(path))
    assert config.train_dataloader.dataset.mode == expected
    assert config.val_dataloader.dataset.mode == 'keep'


def test_groups_of_a_split_as_texts(tmp_path: Path) -> None:
    experiment = own(
        tmp_path, "split = dict(unseen='bus, car', ignored='tree')")
    assert experiment.classes.unseen == ('car', 'bus')
    assert experiment.classes.ignored == ('tree', )
    assert experiment.classes.name == 'unseen-bus-car'
    (tmp_path / 'new.txt').write_text('bus\n')
    experiment = own(tmp_path, "split = dict(unseen='new.txt')")
    assert experiment.classes.unseen == ('bus', )
    with pytest.raises(ValueError, match='split.unseen is class names, got 3'):
        own(tmp_path, 'split = dict(unseen=3)')


def test_every_key_is_checked() -> None:
    known = {f.name for f in fields(Experiment)}
    assert known - set(KINDS) == {'name', 'path'} and set(KINDS) <= known


def test_a_broken_file_of_base_is_named(tmp_path: Path) -> None:
    (tmp_path / 'broken.py').write_text('\nx = (\n')
    path = tmp_path / 'x.py'
    path.write_text("_base_ = 'broken.py'\n")
    with pytest.raises(ValueError, match=r'x\.py inherits .*line 2'):
        read_experiment(path)


def test_a_command_shows_mistakes_without_a_traceback(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / 'x.py'
    for text, message in (('def :', 'line 1: invalid syntax'),
                          ('data = 3', 'data is a name, or dict')):
        path.write_text(text)
        assert exit_code(lambda: load_experiment(str(path))) == 1
        assert message in capsys.readouterr().err


def test_a_broken_module_is_named(tmp_path: Path) -> None:
    (tmp_path / 'broken_module.py').write_text('import no_such_package\n')
    with pytest.raises(ValueError, match="'broken_module', .*no_such_package"):
        own(tmp_path, "imports = ['broken_module']")


def test_missing_keys(tmp_path: Path) -> None:
    path = tmp_path / 'empty.py'
    path.write_text("network = 'deeplabv3plus_r18-w32'\n")
    with pytest.raises(ValueError, match="has no 'split'"):
        read_experiment(path)
    path.write_text("network, split = 'segformer_mit-b0', 'voc12-spnet'\n")
    with pytest.raises(ValueError, match="has no 'data'"):
        read_experiment(path)
    path.write_text("network, split = 'mmseg::x.py', 'voc12-spnet'\n")
    assert read_experiment(path).data is None
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
