"""Tuning with fake commands: what runs, which point is best, what is left."""
import json
import os
from pathlib import Path

import pytest

from mmseg_zeroshot.commands import tune
from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.running import calls
from mmseg_zeroshot.experiments.tuned import tuned_text
from mmseg_zeroshot.experiments.tuning import make_tuning
from tests.experiments.files import own
from tests.experiments.running.toys import PROGRAM, names, read_calls

RATE = 'optim_wrapper.optimizer.lr'
DILATIONS = 'model.decode_head.host.dilations'


@pytest.fixture(autouse=True)
def farm(tmp_path, monkeypatch) -> Path:
    """The folder of farm.py, which is the working directory."""
    own(tmp_path)
    monkeypatch.setattr(calls, 'PROGRAM', PROGRAM)
    monkeypatch.setenv('CALLS', str(tmp_path / 'calls'))
    for name in ('BREAK', 'HANG', 'EMPTY'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, experiment: str = 'farm.py',
        method: str = 'spnet') -> tuple[int, list, dict]:
    """Run the command; return its code, its calls and its results."""
    Path(os.environ['CALLS']).unlink(missing_ok=True)
    code = tune.main([experiment, method, *arguments, '--work-dir', 'work'])
    results = Path('work/sweep.json')
    return code, read_calls(), (
        json.loads(results.read_text()) if results.exists() else {})


def test_the_best_point_by_the_mean_over_seeds(capsys):
    code, done, results = run('--key', f'{RATE}=1.,2.,3.5', '--seeds', '0',
                              '1')
    assert code == 0
    trained = [call for call in done if call['command'] == 'train']
    assert [call['config']['optim_wrapper']['optimizer']['lr']
            for call in trained] == [1., 2., 3.5] * 2
    assert [point['scores']['hIoU'] for point in results['points']] == [
        [39., 40.], [40., 41.], [37.75, 38.75]]
    assert results['best'] == {RATE: 2.}
    assert (results['role'], results['tuned_on']) == ('validation', ['car'])
    table = Path('work/sweep.md').read_text().splitlines()
    assert '40.5 ± 0.7' in table[3] and '*' in table[3]
    printed = capsys.readouterr().out
    assert f'best hIoU on car (validation): {RATE}=2.0' in printed
    assert [line for line in printed.splitlines()
            if '40.5 ± 0.7' in line and line.rstrip().endswith('*')]
    assert Path('work/sweep.png').read_bytes()[:4] == b'\x89PNG'


def test_points_with_fewer_runs_are_left_out(monkeypatch):
    monkeypatch.setenv('BREAK', 'gamma-lr_2_0')
    code, _, results = run('--key', f'{RATE}=1.,2.')
    assert code == 1
    assert [point['seeds'] for point in results['points']] == [[0], []]
    assert results['best'] == {RATE: 1.}


def test_only_what_the_grid_changes_is_repeated_and_skipped_when_it_grows():
    assert names(run('--key', f'{RATE}=1.,2.', method='zs3net')[1]) == [
        'seen', 'bank', 'generator', 'zs3net-lr_1_0', 'gamma-lr_1_0',
        'zs3net-lr_2_0', 'gamma-lr_2_0']
    _, done, results = run('--key', f'{RATE}=1.,2.,5.', method='zs3net')
    assert names(done) == ['zs3net-lr_5_0', 'gamma-lr_5_0']
    assert results['best'] == {RATE: 2.}


def test_two_keys_make_all_pairs_and_a_value_may_be_a_list():
    code, done, results = run(
        '--key', f'{RATE}=1.,2.', f'{DILATIONS}=[[1,6],[1,12]]', '--gamma',
        'config')
    assert code == 0
    assert [(call['config']['optim_wrapper']['optimizer']['lr'],
             call['config']['model']['decode_head']['host']['dilations'])
            for call in done] == [
        (1., [1, 6]), (1., [1, 12]), (2., [1, 6]), (2., [1, 12])]
    variants = [call['config']['default_hooks']['results']['variant']
                for call in done]
    assert variants[1] == dict(lr=1., dilations='1-12')
    assert results['best'] == {RATE: 2., DILATIONS: [1, 6]}
    assert Path('work/sweep.png').exists()


def test_oracle_is_labelled_and_writes_no_experiment():
    code, done, results = run('--key', f'{RATE}=1.,2.', '--oracle')
    assert code == 0
    assert (results['role'], results['tuned_on']) == ('oracle', ['bus'])
    assert {call['config']['default_hooks']['results']['supervision']
            for call in done if call['command'] == 'calibrate'} == {'oracle'}
    assert '| oracle |' in Path('work/sweep.md').read_text()
    assert not Path('work/tuned.py').exists()


def test_real_unseen_classes_are_refused_unasked(farm, capsys):
    own(farm, "split = dict(_delete_=True, unseen=['bus'])")
    path = farm / 'farm.py'
    path.write_text(path.read_text().replace(", validation=['car']", '')
                    .replace('_delete_=True, ', ''))
    code, done, _ = run('--key', f'{RATE}=1.,2.')
    assert (code, done) == (1, [])
    assert 'names no validation classes' in capsys.readouterr().err
    assert run('--key', f'{RATE}=1.,2.', '--oracle')[0] == 0


def test_validation_classes_that_no_image_shows(monkeypatch, capsys):
    monkeypatch.setenv('EMPTY', '1')
    code, _, results = run('--key', f'{RATE}=1.,2.')
    assert code == 1 and results['best'] is None
    assert 'no run has a hIoU: do the classes car occur' in (
        capsys.readouterr().err)
    assert not Path('work/tuned.py').exists()


@pytest.mark.parametrize('arguments, message', [
    (['--key', f'{RATE}t=1,2'], f"no key '{RATE}t'.*"),
    (['--key', f'{RATE}=1,1'], 'needs different values'),
    (['--key', f'{RATE}=1,2', '--step', 'spnt'], "no step 'spnt'"),
])
def test_mistakes_stop_before_the_first_step(arguments, message, capsys):
    code, done, _ = run(*arguments)
    assert (code, done) == (1, [])
    assert message.rstrip('.*') in capsys.readouterr().err


def test_dry_run_runs_nothing(capsys):
    assert run('--key', f'{RATE}=1.,2.', '--dry-run') == (0, [], {})
    assert '[4/4] gamma-lr_2_0, seed 0: runs' in capsys.readouterr().out


def test_the_tuned_experiment_inherits_the_original(farm):
    """Its relative paths too, and what the command line changed."""
    (farm / 'names.txt').write_text('sky\nroad\ncar\ntree\nbus\n')
    (farm / 'farm.npz').write_bytes(b'')
    options = {'spnet': {'train_cfg.max_iters': 7},
               'all': {'train_dataloader.batch_size': 2}}
    own(farm, f"words = 'farm.npz'\noptions = {options}",
        classes='names.txt')
    assert run('--key', f'{RATE}=1.,2.', '--cfg-options',
               'train_dataloader.batch_size=3')[0] == 0
    tuned = load_experiment('work/tuned.py')
    original = load_experiment('farm.py')
    assert tuned.classes == original.classes
    assert Path(tuned.words).samefile(original.words)
    steps = [make_plan(experiment, ['spnet'], calibrate=False).steps['spnet']
             for experiment in (tuned, original.changed(
                 {'train_dataloader.batch_size': 3, RATE: 2.}))]
    for step in steps:
        step.config['model']['decode_head'].pop('embeddings')
    assert steps[0].config == steps[1].config


def test_a_shipped_experiment_by_its_split():
    assert run('--key', f'{RATE}=1.,2.', '--gamma', 'config',
               experiment='voc12-spnet')[0] == 0
    assert load_experiment('work/tuned.py').split == 'voc12-spnet'
    # By a split other than the experiment's first.
    experiment = load_experiment('voc12-zs3-k4')
    tuning = make_tuning(experiment, 'zs3net', {RATE: [2.]}, oracle=True)
    path = Path('work/k4.py')
    path.write_text(tuned_text(tuning, {RATE: 2.}, path.parent, experiment))
    tuned = load_experiment(str(path))
    assert tuned.split == 'voc12-zs3-k4'
    assert tuned.options['zs3net'] == {RATE: 2.}
