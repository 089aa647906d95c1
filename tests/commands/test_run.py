"""``run`` and ``clean`` on a toy experiment with fake commands."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from mmengine.config import Config

from mmseg_zeroshot.commands import _experiment, clean, run
from mmseg_zeroshot.experiments.experiment import Experiment
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.experiments.running import calls
from mmseg_zeroshot.experiments.step import Step, value_of
from tests.experiments.running.toys import (
    PROGRAM,
    names,
    read_calls,
    task_of,
    toy_steps,
)


@pytest.fixture(autouse=True)
def toy(tmp_path, monkeypatch) -> SimpleNamespace:
    """An experiment whose methods are steps of a toy.

    ``settings`` are those of the toy's steps, ``made`` the experiment and
    the methods that were asked for.
    """
    toy = SimpleNamespace(settings={}, made=[])

    def make_plan(experiment: Experiment, methods: list[str],
                  calibrate: bool = True):
        toy.made.append((experiment, list(methods)))
        options = dict(experiment.options.get('all', {}))
        steps = []
        for step in toy_steps(**toy.settings):
            config = Config(dict(step.config))
            config.merge_from_dict(options)
            steps.append(Step(**{**vars(step), 'config': config.to_dict()}))
        if 'odd' in methods:
            raise ValueError('odd does not fit')
        if methods == ['plain']:
            steps = steps[:1]
        return plan_of(steps)

    experiment = Experiment(name='farm')
    for module in (run, clean):
        monkeypatch.setattr(module, 'make_plan', make_plan)
    monkeypatch.setattr(_experiment, 'load_experiment',
                        lambda name: experiment)
    monkeypatch.setattr(clean, 'every_method', lambda: ['plain', 'odd'])
    monkeypatch.setattr(calls, 'PROGRAM', PROGRAM)
    monkeypatch.setenv('CALLS', str(tmp_path / 'calls'))
    monkeypatch.delenv('BREAK', raising=False)
    monkeypatch.chdir(tmp_path)
    return toy


def plan_of(steps: list[Step]) -> Plan:
    plan = Plan(Experiment(name='farm'))
    plan.steps.update((step.name, step) for step in steps)
    return plan


def test_a_run_leaves_a_table_in_the_experiments_folder(toy, capsys):
    assert run.main(['farm.py']) == 0
    assert toy.made[0][1] == ['seen', 'spnet', 'zs3net']
    work = Path('work_dirs/farm')
    assert [record['method'] for record in json.loads(
        (work / 'results.json').read_text())] == ['seen', 'spnet', 'best']
    text = capsys.readouterr().out
    assert '[4/4] best, seed 0: done' in text
    assert 'hIoU' in text
    # The toy's weights are no model.
    assert 'no panel: ' in text


def methods_in(name='results.json') -> list[tuple]:
    return [(record['method'], record['seed']) for record in json.loads(
        Path('work_dirs/farm', name).read_text())]


def test_a_run_of_less_keeps_the_rows_of_an_earlier_one(toy):
    assert run.main(['farm.py', '--seeds', '0', '1']) == 0
    before = methods_in()
    assert len(before) == 5
    assert run.main(['farm.py', 'plain']) == 0
    assert sorted(methods_in()) == sorted(before)
    assert 'best' in Path('work_dirs/farm/results.md').read_text()


def test_rows_of_an_experiment_that_has_changed_go(toy):
    """They would be averaged with those of other seeds."""
    assert run.main(['farm.py', '--seeds', '0', '1']) == 0
    toy.settings = dict(lr=0.1)
    assert run.main(['farm.py']) == 0
    assert methods_in() == [('seen', 0), ('spnet', 0), ('best', 0)]


def test_a_run_without_a_row_leaves_the_table(toy, monkeypatch):
    assert run.main(['farm.py']) == 0
    before = methods_in()
    toy.settings = dict(depth=4)
    monkeypatch.setenv('BREAK', 'seen')
    assert run.main(['farm.py']) == 1
    assert methods_in() == before


def test_the_chosen_gamma_is_printed(toy, monkeypatch, capsys):
    """With gamma 0 the calibrated row is the plain one."""
    config = toy_steps()[0].config
    steps = [
        Step('net', 'train', config, report=True, seeded=False),
        Step('gamma-net', 'calibrate', load='net', seeded=False,
             arguments=('--out', '{folder}')),
        Step('net-calibrated', 'test', dict(
            config, gamma=value_of('gamma-net', 'model.gamma')), load='net',
            report=True)]
    monkeypatch.setattr(run, 'make_plan',
                        lambda *given, **more: plan_of(steps))
    monkeypatch.setattr(run, 'GAMMA', 'model.gamma')
    monkeypatch.setattr(Experiment, 'held_out', lambda self: SimpleNamespace(
        classes=SimpleNamespace(unseen=['horse'])))
    assert run.main(['farm.py']) == 0
    assert ('gamma chosen on horse: net-calibrated 0.25\n'
            in capsys.readouterr().out)


def test_methods_may_stand_behind_options(toy):
    assert run.main(['farm.py', '--seeds', '4', '--jobs', '2', 'spnet',
                     'zs3net:paper']) == 0
    assert toy.made[0][1] == ['spnet', 'zs3net:paper']
    assert Path('work_dirs/farm/seed4').is_dir()


def test_dry_run_starts_nothing(capsys):
    assert run.main(['farm.py', '--dry-run', '--work-dir', 'work']) == 0
    text = capsys.readouterr().out
    assert text.startswith('not checked; mmseg-zeroshot check does\n')
    assert '[2/4] spnet, seed 0: runs (not run yet)\n' in text
    assert '--work-dir' in text
    assert not Path('work').exists()


@pytest.mark.parametrize('more', [[], ['--dry-run'], [
    '--executor', 'submitit-local']])
def test_no_jobs_are_refused(more, capsys):
    assert run.main(['farm.py', '--jobs', '0', *more]) == 1
    assert '--jobs must be at least 1, got 0' in capsys.readouterr().err


@pytest.mark.parametrize('text, value', [
    ('(64, 64)', (64, 64)),
    ("'SPNet, ours'", 'SPNet, ours'),
    ('[[1, 2], [3]]', [[1, 2], [3]]),
    ('cow,cat', ['cow', 'cat']),
    ('a text with blanks', 'a text with blanks'),
])
def test_options_of_every_kind_reach_every_config(text, value):
    assert run.main(['farm.py', '--cfg-options', f'model.given.deep={text}',
                     'train_dataloader.batch_size=2']) == 0
    paths = list(Path('work_dirs/farm').glob('*/*/config.py'))
    assert len(paths) == 4
    for path in paths:
        config = Config.fromfile(path).to_dict()
        got = config['model']['given']['deep']
        assert got == value and type(got) is type(value)
        assert config['train_dataloader']['batch_size'] == 2


def test_options_of_the_command_line_win_over_those_of_a_step():
    experiment = Experiment(options={
        'seen': {'lr': 1, 'depth': 2}, 'all': {'lr': 3, 'width': 4}})
    assert experiment.changed({'lr': 5}).options == {
        'seen': {'lr': 5, 'depth': 2}, 'all': {'lr': 5, 'width': 4}}


def test_a_failure_shows_what_is_done(monkeypatch, capsys):
    monkeypatch.setenv('BREAK', 'best')
    assert run.main(['farm.py']) == 1
    out, err = capsys.readouterr()
    assert 'spnet' in out and 'hIoU' in out
    assert "step 'best, seed 0' failed" in err
    assert 'written to' in out


@pytest.fixture(autouse=True)
def checks(monkeypatch) -> list[dict]:
    """What checks are asked for; a toy's config builds no network."""
    asked: list[dict] = []
    monkeypatch.setattr(
        run, 'check', lambda experiment, plan, tasks, args: asked.append(
            dict(seeds=args.seeds, steps=list(plan.steps))))
    return asked


def test_the_check_comes_first_and_can_be_left_out(checks, monkeypatch,
                                                   capsys):
    def refuse(*args):
        raise ValueError('no class has a vector')

    assert run.main(['farm.py', '--no-check']) == 0
    assert checks == []
    monkeypatch.setattr(run, 'check', refuse)
    assert run.main(['farm.py', '--seeds', '7']) == 1
    assert 'no class has a vector' in capsys.readouterr().err
    assert not Path('work_dirs/farm/seed7').exists()


@pytest.mark.parametrize('arguments, message', [
    (['--executor', 'slrum'], "unknown executor 'slrum'"),
    (['--jobs', '-1'], '--jobs must be at least 1'),
    (['--seeds', '1', '1'], 'seeds must be different'),
])
def test_wrong_arguments_are_refused(arguments, message, capsys):
    assert run.main(['farm.py', *arguments]) == 1
    assert message in capsys.readouterr().err
    assert read_calls() == []


@pytest.fixture
def old_and_new(toy) -> tuple[Path, Path]:
    """The folders of a step as it was and as it is."""
    folders = []
    for depth in (2, 3):
        toy.settings = dict(depth=depth)
        assert run.main(['farm.py']) == 0
        folders.append(task_of('seen', toy_steps(depth=depth),
                               Path('work_dirs/farm')).folder)
    return folders[0], folders[1]


def answer(monkeypatch, text: str) -> list[str]:
    asked = []
    monkeypatch.setattr(sys.stdin, 'isatty', lambda: True, raising=False)
    monkeypatch.setattr('builtins.input',
                        lambda prompt: asked.append(prompt) or text)
    return asked


def test_clean_asks_and_removes_what_nothing_refers_to(
        old_and_new, monkeypatch, capsys):
    old, new = old_and_new
    mine = old.parent / 'mine'
    mine.mkdir()
    asked = answer(monkeypatch, 'n')
    assert clean.main(['farm.py', 'spnet']) == 0
    assert re.fullmatch(r'Remove these 4 folders \(\d+\.?\d* kB\)\? .*',
                        asked[0])
    assert old.name in capsys.readouterr().out
    assert old.is_dir()
    answer(monkeypatch, 'y')
    assert clean.main(['farm.py', 'spnet']) == 0
    assert not old.exists() and new.is_dir() and mine.is_dir()
    assert clean.main(['farm.py', 'spnet']) == 0
    assert 'nothing to remove' in capsys.readouterr().out


def test_clean_removes_nothing_where_nobody_can_be_asked(
        old_and_new, monkeypatch, capsys):
    monkeypatch.setattr(sys.stdin, 'isatty', lambda: False, raising=False)
    assert clean.main(['farm.py', 'spnet']) == 1
    assert 'add --yes' in capsys.readouterr().err
    assert old_and_new[0].is_dir()


def test_clean_keeps_what_any_method_and_seed_needs(old_and_new, capsys):
    old, new = old_and_new
    assert clean.main(['farm.py', '--yes']) == 0
    assert new.is_dir() and not old.exists()
    out = capsys.readouterr().out
    assert 'odd has no steps in this experiment: odd does not fit' in out


def test_clean_keeps_the_seeds_that_are_named(toy, capsys):
    assert run.main(['farm.py', '--seeds', '0', '1']) == 0
    assert clean.main(['farm.py', 'spnet', '--seeds', '1', '--yes']) == 0
    left = {path.parent.name for path in
            Path('work_dirs/farm').glob('seed*/*')}
    assert left == {'seed1'}
    assert names(read_calls())[:2] == ['seen', 'spnet']


@pytest.mark.parametrize('arguments, message', [
    (['odd', '--work-dir', '.'], 'odd does not fit'),
    (['--work-dir', 'nowhere'], 'there is no folder nowhere'),
])
def test_clean_refuses_what_is_wrong(arguments, message, capsys):
    assert clean.main(['farm.py', *arguments]) == 1
    assert message in capsys.readouterr().err
