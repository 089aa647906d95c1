"""Recipes with fake tools: order, skipping, redoing, resuming, failing."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mmseg_zeroshot.engine.recipes import (
    StepFailed,
    load_recipe,
    make_tasks,
    plan,
    run_tasks,
)
from mmseg_zeroshot.engine.recipes.progress import (
    Progress,
    duration,
    fraction,
)
from mmseg_zeroshot.utils.locks import locked
from tools import run_recipe

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted(p.stem for p in (ROOT / 'configs/recipes').glob('*.py'))

# Notes its arguments; a training leaves a checkpoint and results.
TOOL = """
import json, os, pathlib, sys
name = pathlib.Path(sys.argv[0]).stem
with open(os.environ['CALLS'], 'a') as file:
    file.write(json.dumps(dict(
        tool=name, arguments=sys.argv[1:], hue=os.environ.get('HUE'))) + '\\n')
if '--work-dir' in sys.argv:
    folder = pathlib.Path(sys.argv[sys.argv.index('--work-dir') + 1])
    if name == 'train':
        (folder / 'iter_3.pth').write_text('weights')
        (folder / 'last_checkpoint').write_text('/elsewhere/iter_3.pth')
    group = dict(PA=1., MA=2., mIoU=3.)
    scores = dict(seen=group, unseen=group, overall=group, hIoU=4.)
    (folder / 'zero_shot_results.json').write_text(json.dumps(dict(
        method=folder.name, dataset='tiny', split='two', label='strict',
        seed=int(next(
            text for text in sys.argv if text.startswith('randomness.seed')
        ).split('=')[1]), gamma=0.,
        generalised=scores, vanilla=scores)))
if os.environ.get('BREAK') == (folder.name if '--work-dir' in sys.argv
                               else name):
    print('the disc is full')
    sys.exit(3)
"""
RECIPE = """
steps = [
    dict(name='seen', tool='train', config='a.py', seeded=False, report=True),
    dict(name='spnet', tool='train', config='b.py', load='seen',
         options={'model.width': 3}, report=True, seconds=20),
    dict(name='bank', tool='build', config='a.py', load='seen',
         arguments=['--out', '{folder}/bank'], seeded=False),
    dict(name='best', tool='test', config='b.py', load='spnet',
         env=dict(HUE='{bank.folder}')),
]
"""

OPTIONS = ['x=1']


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A repository of three fake tools, two configs and one recipe."""
    folder = tmp_path / 'repository'
    for part in ('tools', 'configs/recipes'):
        (folder / part).mkdir(parents=True)
    for name in ('train', 'test', 'build'):
        (folder / 'tools' / f'{name}.py').write_text(TOOL)
    (folder / 'base.py').write_text('width = 1\n')
    (folder / 'a.py').write_text("hue = '{{$HUE:none}}'\n")
    (folder / 'b.py').write_text("_base_ = './base.py'\n")
    (folder / 'configs/recipes/toy.py').write_text(RECIPE)
    monkeypatch.setenv('CALLS', str(tmp_path / 'calls'))
    monkeypatch.delenv('BREAK', raising=False)
    monkeypatch.delenv('HUE', raising=False)
    return folder


CHOOSING = TOOL + """
if name == 'choose':
    (pathlib.Path(sys.argv[-1]) / 'values.json').write_text(
        json.dumps({'model.width': 7, 'lr': 1e-05, 'rates': [6, [1., True]]}))
"""
CHOSEN = """
steps = [
    dict(name='tune', tool='choose', arguments=['--out', '{folder}']),
    dict(name='final', tool='train', config='b.py', report=True,
         options={'model.width': '{tune.value:model.width}'},
         env=dict(HUE='{tune.value:KEY} of {seed}')),
]
"""


@pytest.mark.parametrize('key, hue', [('lr', '1e-05 of 4'), ('lt', None)])
def test_a_step_takes_what_an_earlier_one_chose(root, tmp_path, key, hue):
    (root / 'tools/choose.py').write_text(CHOOSING)
    (root / 'configs/recipes/toy.py').write_text(CHOSEN.replace('KEY', key))
    tasks = make_tasks(load_recipe('toy', root), [4], tmp_path / 'work')
    assert 'model.width=CHOSEN_BY_tune' in plan(tasks)[1][2]
    if hue is None:
        with pytest.raises(ValueError, match=(
                "step 'tune, seed 4' chose no 'lt'. Known names .* lr")):
            run(root, [4])
        return
    final = run(root, [4])[1]
    assert final['hue'] == hue
    assert 'model.width=7' in final['arguments']


def test_a_chosen_list_stays_one(root):
    (root / 'tools/choose.py').write_text(CHOOSING)
    (root / 'configs/recipes/toy.py').write_text(CHOSEN.replace(
        'tune.value:model.width', 'tune.value:rates').replace('KEY', 'lr'))
    assert 'model.width=[6,[1.0,True]]' in run(root)[1]['arguments']


FINAL = """
steps = [
    dict(name='plot', tool='build', final=True,
         arguments=['{results}', '--out', '{folder}/curve']),
    dict(name='run', tool='train', config='a.py', report=True,
         env=dict(HUE='{seed}')),
]
"""


def test_a_final_step_runs_once_after_all_seeds(root):
    (root / 'configs/recipes/toy.py').write_text(FINAL)
    (root / 'a.py').write_text("hue = int('{{$HUE:7}}')\n")
    calls = run(root, seeds=(0, 7))
    assert names(calls) == ['seed0/run', 'seed7/run', 'plot/curve']
    assert [call['hue'] for call in calls] == ['0', '7', None]
    assert calls[2]['arguments'][0] == str(root / 'work/results.json')
    assert run(root, seeds=(0, 7)) == []
    # Another seed is another curve.
    assert names(run(root, seeds=(0, 7, 8))) == ['seed8/run', 'plot/curve']


def test_a_final_step_stands_by_itself(root):
    (root / 'configs/recipes/toy.py').write_text(FINAL.replace(
        "config='a.py'", "config='a.py', load='plot'"))
    with pytest.raises(ValueError, match='a final step stands by itself'):
        load_recipe('toy', root)


def run(root: Path, seeds=(0, ), **kwargs) -> list[dict]:
    """Run the recipe and return the calls of its tools."""
    calls = Path(os.environ['CALLS'])
    calls.unlink(missing_ok=True)
    work_dir = root / 'work'
    tasks = make_tasks(load_recipe('toy', root), seeds, work_dir)
    run_tasks(tasks, work_dir, report=lambda text: None, **kwargs)
    return [json.loads(line) for line in calls.read_text().splitlines()
            ] if calls.exists() else []


def names(calls: list[dict]) -> list[str]:
    """Where each call wrote to."""
    found = []
    for call in calls:
        flag = '--out' if call['tool'] == 'build' else '--work-dir'
        place = call['arguments'][call['arguments'].index(flag) + 1]
        found.append('/'.join(Path(place).parts[-2:]))
    return found


def test_steps_run_in_order_once_per_seed_or_once(root):
    calls = run(root, seeds=(0, 7))
    assert names(calls) == [
        'shared/seen', 'seed0/spnet', 'bank/bank', 'seed0/best',
        'seed7/spnet', 'seed7/best']
    work = root / 'work'
    seen = str(work / 'shared/seen/iter_3.pth')
    assert calls[4]['arguments'] == [
        str(root / 'b.py'), '--work-dir', str(work / 'seed7/spnet'),
        '--cfg-options', 'model.width=3', f'load_from={seen}',
        'randomness.seed=7']
    assert calls[2]['arguments'][:2] == [str(root / 'a.py'), seen]
    assert calls[5]['arguments'][:2] == [
        str(root / 'b.py'), str(work / 'seed7/spnet/iter_3.pth')]
    assert calls[5]['hue'] == str(work / 'shared/bank')


def test_what_is_done_is_skipped_even_if_the_folder_moved(root):
    run(root)
    assert run(root) == []
    (root / 'work').rename(root / 'moved')
    tasks = make_tasks(load_recipe('toy', root), [0], root / 'moved')
    assert [how for _, how, _ in plan(tasks)] == ['done'] * 4


def test_a_new_seed_runs_only_what_depends_on_it(root):
    run(root)
    assert names(run(root, seeds=(0, 1))) == ['seed1/spnet', 'seed1/best']


def test_a_changed_config_is_redone_with_all_that_depends_on_it(root):
    run(root)
    (root / 'base.py').write_text('width = 2\n')  # b.py inherits it
    assert names(run(root)) == ['seed0/spnet', 'seed0/best']
    (root / 'a.py').write_text("hue = '{{$HUE:grey}}'\n")
    assert len(run(root)) == 4


def test_environment_and_options_count_as_changes(root, monkeypatch):
    run(root)
    assert len(run(root, cfg_options=OPTIONS)) == 4
    assert run(root, cfg_options=OPTIONS) == []
    monkeypatch.setenv('HUE', 'blue')  # a.py reads it
    assert len(run(root, cfg_options=OPTIONS)) == 4


def test_a_lost_checkpoint_is_made_again(root):
    run(root)
    (root / 'work/shared/seen/iter_3.pth').unlink()
    assert len(run(root)) == 4


def test_failure_names_step_command_and_end_of_the_log(root, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepFailed) as info:
        run(root)
    message = str(info.value)
    assert "step 'spnet, seed 0' failed with exit code 3" in message
    assert 'the disc is full' in message
    by_hand = next(line.strip() for line in message.splitlines()
                   if line.startswith('    ' + sys.executable)
                   or 'b.py' in line)
    monkeypatch.delenv('BREAK')
    subprocess.run(shlex.split(by_hand.removeprefix('$ ')), check=True)


def test_an_unfinished_training_is_resumed(root, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepFailed):
        run(root)
    monkeypatch.delenv('BREAK')
    calls = run(root)
    assert names(calls) == ['seed0/spnet', 'bank/bank', 'seed0/best']
    assert '--resume' in calls[0]['arguments']
    # MMEngine would resume what is to be loaded.
    assert 'load_from=None' in calls[0]['arguments']


def test_an_unfinished_training_that_changed_starts_again(root, monkeypatch):
    monkeypatch.setenv('BREAK', 'spnet')
    with pytest.raises(StepFailed):
        run(root)
    monkeypatch.delenv('BREAK')
    (root / 'base.py').write_text('width = 2\n')
    calls = run(root)
    assert '--resume' not in calls[0]['arguments']


def test_folder_that_is_not_ours_is_left_alone(root):
    precious = root / 'work/seed0/spnet/thesis.tex'
    precious.parent.mkdir(parents=True)
    precious.write_text('all of it')
    with pytest.raises(ValueError, match='was not made by'):
        run(root)
    assert precious.read_text() == 'all of it'


def test_two_runs_in_one_folder_are_refused(root):
    with (locked(root / 'work', 'works', 'wait'),
          pytest.raises(RuntimeError, match='another process runs a recipe')):
        run(root)


@pytest.mark.parametrize('old, new, message', [
    ("name='best'", "name='spnet'", 'the name is taken'),
    ("tool='test'", "tool='tset'", "no tool 'tset'.*test"),
    ("load='spnet'", "load='spent'", "needs 'spent'.*spnet"),
    ("config='b.py', load='spnet'", "config='c.py'", 'no config c.py'),
    ('seconds=20', 'second=20', "unknown key 'second'.*seconds"),
    ("tool='build',", '', "has no 'tool'"),
    ("load='spnet',", "load='spnet', seeded=False,", 'is run once'),
    ('steps', 'stages', "no list 'steps'"),
    ('{bank.folder}', '{bonk.folder}', "needs 'bonk'"),
])
def test_wrong_recipes_are_refused(root, old, new, message):
    path = root / 'configs/recipes/toy.py'
    assert old in RECIPE
    path.write_text(RECIPE.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_recipe('toy', root)


def test_unknown_recipe_lists_the_nearest(root):
    with pytest.raises(ValueError, match=r"'toi'.*toy"):
        load_recipe('toi', root)


@pytest.mark.parametrize('seeds', [[], [1, 1]])
def test_wrong_seeds_are_refused(root, seeds):
    with pytest.raises(ValueError, match='seeds must be different'):
        make_tasks(load_recipe('toy', root), seeds, root)


def test_a_path_that_options_cannot_hold_is_refused(root):
    work_dir = root / 'my work'
    tasks = make_tasks(load_recipe('toy', root), [0], work_dir)
    with pytest.raises(ValueError, match='cannot hold.*my work'):
        run_tasks(tasks, work_dir, report=lambda text: None)


def test_a_report_without_results_is_an_error(root):
    (root / 'tools/test.py').write_text('')
    with pytest.raises(ValueError, match=r'left no zero_shot_results\.json'):
        run(root)


def test_dry_run_says_what_would_run(root, monkeypatch, capsys):
    monkeypatch.setattr(run_recipe, 'ROOT', root)
    work = str(root / 'work')
    arguments = ['toy', '--work-dir', work, '--dry-run']
    assert run_recipe.main(arguments) == 0
    text = capsys.readouterr().out
    assert '[1/4] seen: run' in text
    assert f'load_from={work}/shared/seen/iter_N.pth' in text
    assert not Path(os.environ['CALLS']).exists()
    run(root)
    (root / 'base.py').write_text('width = 2\n')
    run_recipe.main(arguments)
    text = capsys.readouterr().out
    assert '[1/4] seen: done' in text
    assert '[2/4] spnet, seed 0: run' in text
    assert '[4/4] best, seed 0: run' in text


def test_results_of_all_seeds_are_collected(root, monkeypatch, capsys):
    monkeypatch.setattr(run_recipe, 'ROOT', root)
    work = root / 'work'
    assert run_recipe.main(['toy', '--work-dir', str(work), '--seeds', '0',
                            '1']) == 0
    records = json.loads((work / 'results.json').read_text())
    assert [r['method'] for r in records] == [
        'seen', 'spnet', 'best', 'spnet', 'best']
    table = (work / 'results.md').read_text().splitlines()
    assert len(table) == 2 + 3
    assert '3.0 ± 0.0' in table[3]
    assert 'spnet' in capsys.readouterr().out


def test_tool_ends_with_the_message_and_code_1(root, monkeypatch, capsys):
    monkeypatch.setattr(run_recipe, 'ROOT', root)
    monkeypatch.setenv('BREAK', 'spnet')
    code = run_recipe.main(['toy', '--work-dir', str(root / 'work')])
    assert code == 1
    assert 'the disc is full' in capsys.readouterr().err
    # What was finished before is in the table.
    records = json.loads((root / 'work/results.json').read_text())
    assert [r['method'] for r in records] == ['seen']


def test_time_left_is_corrected_by_finished_steps(root):
    tasks = make_tasks(load_recipe('toy', root), [0], root / 'work')
    now = [0.]
    known = {'seen': 10., 'bank': 30., 'best, seed 0': 5.}
    progress = Progress(tasks, known, lambda text: None, lambda: now[0])
    assert progress.left(0., 0.) == 10 + 20 + 30 + 5
    progress.begin(tasks[0], 'starts')
    now[0] = 4.
    assert progress.left(4., 0.) == 6 + 20 + 30 + 5
    now[0] = 20.
    progress.end(tasks[0])  # twice as long as expected
    assert progress.left(20., 0.) == 2 * (20 + 30 + 5)
    progress.begin(tasks[1], 'starts')
    assert progress.left(30., 0.5) == pytest.approx(10 + 2 * (30 + 5))


def test_counter_of_the_log(tmp_path):
    log = tmp_path / 'log.txt'
    assert fraction(log) == 0
    log.write_text('Iter(train) [ 50/1000]  lr: 1\n'
                   'Iter(train) [ 250/1000]  lr: 1  eta: 0:10\n')
    assert fraction(log) == 0.25
    assert duration(65) == '1:05'
    assert duration(7265) == '2:01:05'


@pytest.mark.parametrize('name', RECIPES)
def test_shipped_recipes_parse_and_plan(name, tmp_path):
    recipe = load_recipe(name, ROOT)
    lines = plan(make_tasks(recipe, [0, 1], tmp_path / 'work'))
    assert {how for _, how, _ in lines} == {'run'}
    assert any(task.step.reports for task, _, _ in lines)
    for _, _, text in lines:
        assert '{' not in text
