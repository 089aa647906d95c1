"""A sweep with fake tools: which runs, which scores, which classes."""
import json
import os
from pathlib import Path

import pytest

from mmseg_zeroshot.commands import sweep as tool
from mmseg_zeroshot.engine.recipes import load_recipe, make_grid, make_sweep

# A training notes its arguments; its hIoU is highest at width 2.
TOOL = """
import json, os, pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index('--work-dir') + 1])
options = {}
for text in sys.argv[sys.argv.index('--cfg-options') + 1:]:
    key, value = text.split('=')
    options[key] = int(value) if value.isdigit() else value
with open(os.environ['CALLS'], 'a') as file:
    file.write(json.dumps([folder.name, options]) + '\\n')
(folder / 'iter_3.pth').write_text('weights')
(folder / 'last_checkpoint').write_text('iter_3.pth')
seed = options['randomness.seed']
group = dict(PA=1., MA=2., mIoU=3.)
hIoU = 40. - (options.get('model.width', 1) - 2)**2 + seed
if options.get('model.empty'):
    hIoU = None
scores = dict(seen=group, unseen=group, overall=group, hIoU=hIoU)
(folder / 'zero_shot_results.json').write_text(json.dumps(dict(
    method='toy', split='two', seed=seed, gamma=0., generalised=scores,
    label=options.get('default_hooks.results.label', 'strict'),
    vanilla=scores)))
"""
CONFIG = """
split = dict(
    classes=['sky', 'road', 'car', 'bus'], unseen=['bus'],
    validation=['car'], hold_out={{'$HOLD_OUT:True'}})
model = dict(width=1, depths=[1, 2], kind='a')
val_dataloader = dict(dataset=dict(split=split))
test_dataloader = val_dataloader
default_hooks = dict(
    results=dict(type='ZeroShotResultsHook', label='strict'))
"""
RECIPE = """
steps = [
    dict(name='seen', tool='train', config='a.py', seeded=False),
    dict(name='other', tool='train', config='a.py', report=True),
    dict(name='spnet', tool='train', config='a.py', load='seen', report=True),
    dict(name='best', tool='test', config='a.py', load='spnet',
         options={'model.kind': 'b'}),
]
"""
WIDTHS = {'model.width': [1, 2, 3]}


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A repository of two fake tools, a config and a recipe."""
    folder = tmp_path / 'repository'
    for part in ('tools', 'configs/recipes'):
        (folder / part).mkdir(parents=True)
    for name in ('train', 'test'):
        (folder / 'tools' / f'{name}.py').write_text(TOOL)
    (folder / 'a.py').write_text(CONFIG)
    (folder / 'configs/recipes/toy.py').write_text(RECIPE)
    monkeypatch.setenv('CALLS', str(tmp_path / 'calls'))
    monkeypatch.delenv('HOLD_OUT', raising=False)
    monkeypatch.setattr(tool, 'ROOT', folder)
    return folder


def run(root: Path, *arguments: str) -> tuple[int, list, dict]:
    """Run the tool; return its code, its calls and its results."""
    calls = Path(os.environ['CALLS'])
    calls.unlink(missing_ok=True)
    work = root / 'work'
    code = tool.main([*arguments, '--work-dir', str(work)])
    lines = calls.read_text().splitlines() if calls.exists() else []
    results = work / 'sweep.json'
    return (code, [json.loads(line) for line in lines],
            json.loads(results.read_text()) if results.exists() else {})


def test_a_config_is_trained_at_every_point_for_every_seed(root, capsys):
    code, calls, results = run(
        root, str(root / 'a.py'), '--key', 'model.width=1,2,3', '--seeds',
        '0', '1')
    assert code == 0
    assert [options['model.width'] for _, options in calls] == [1, 2, 3] * 2
    assert [options['randomness.seed'] for _, options in calls] == [0] * 3 + [
        1] * 3
    assert [p['scores']['hIoU'] for p in results['points']] == [
        [39., 40.], [40., 41.], [39., 40.]]
    assert results['best'] == {'model.width': 2}
    assert results['label'] == 'validation'
    assert results['tuned_on'] == ['car']
    table = (root / 'work/sweep.md').read_text().splitlines()
    assert '40.5 ± 0.7' in table[3] and '*' in table[3]
    assert 'model.width=2' in capsys.readouterr().out
    assert (root / 'work/sweep.png').read_bytes()[:4] == b'\x89PNG'


def test_only_what_the_grid_changes_is_repeated(root):
    code, calls, results = run(
        root, 'toy', '--step', 'spnet', '--key', 'model.width=1,2')
    assert code == 0
    assert [name for name, _ in calls] == [
        'seen', 'spnet-width_1', 'best-width_1', 'spnet-width_2',
        'best-width_2']
    seen = str(root / 'work/shared/seen/iter_3.pth')
    assert calls[1][1] == {
        'model.width': 1, 'load_from': seen, 'randomness.seed': 0,
        'default_hooks.results.variant.width': 1}
    # The key changes the step that has it, not the one that tests it.
    assert 'model.width' not in calls[2][1]
    assert len(results['points']) == 2


def test_several_steps_have_the_keys_and_a_value_may_be_a_list(root):
    code, calls, results = run(
        root, 'toy', '--step', 'spnet', 'best', '--key',
        'model.depths=[[1,2],[3]]')
    assert code == 0
    assert [(name, options.get('model.depths')) for name, options in calls
            ] == [('seen', None), ('spnet-depths__1__2_', '[1,2]'),
                  ('best-depths__1__2_', '[1,2]'),
                  ('spnet-depths__3_', '[3]'), ('best-depths__3_', '[3]')]
    variant = 'default_hooks.results.variant.depths'
    assert [options[variant] for _, options in calls[1::2]] == ['1-2', 3]
    assert results['points'][0]['values'] == {'model.depths': [1, 2]}


def test_the_scored_step_can_be_chosen(root):
    _, calls, _ = run(root, 'toy', '--step', 'spnet', '--score-step', 'spnet',
                      '--key', 'model.width=1,2')
    assert [name for name, _ in calls] == ['seen', 'spnet-width_1',
                                           'spnet-width_2']


def test_what_is_done_is_skipped_when_the_grid_grows(root):
    run(root, str(root / 'a.py'), '--key', 'model.width=1,2')
    _, calls, results = run(
        root, str(root / 'a.py'), '--key', 'model.width=1,2,5')
    assert [name for name, _ in calls] == ['run-width_5']
    assert results['best'] == {'model.width': 2}


def test_two_keys_make_all_pairs(root):
    code, calls, results = run(
        root, str(root / 'a.py'), '--key', 'model.width=1,2',
        'model.kind=x,y')
    assert code == 0
    assert [(o['model.width'], o['model.kind']) for _, o in calls] == [
        (1, 'x'), (1, 'y'), (2, 'x'), (2, 'y')]
    assert results['best'] == {'model.width': 2, 'model.kind': 'x'}
    assert (root / 'work/sweep.png').exists()


def test_items_of_lists_and_named_keys(root):
    code, calls, _ = run(
        root, str(root / 'a.py'), '--key', 'model.depths.1=4,5',
        '--cfg-options', 'model.added=3')
    assert code == 0 and len(calls) == 2
    code, calls, _ = run(
        root, str(root / 'a.py'), '--key', 'model.new=4,5', '--cfg-options',
        'model.new2=3')
    assert code == 1 and calls == []


def test_real_unseen_classes_are_refused(root, monkeypatch, capsys):
    monkeypatch.setenv('HOLD_OUT', 'False')
    arguments = (str(root / 'a.py'), '--key', 'model.width=1,2')
    code, calls, _ = run(root, *arguments)
    assert code == 1 and calls == []
    assert '(bus) are the real ones' in capsys.readouterr().err
    code, calls, results = run(root, *arguments, '--oracle')
    assert code == 0 and results['label'] == 'oracle'
    assert {o['default_hooks.results.label'] for _, o in calls} == {'oracle'}
    assert {o['default_hooks.results.variant.width']
            for _, o in calls} == {1, 2}  # a board tells them apart
    record = json.loads((root / 'work/seed0/run-width_1/'
                         'zero_shot_results.json').read_text())
    assert record['label'] == 'oracle'


def test_oracle_of_validation_classes_is_refused(root, capsys):
    code, calls, _ = run(root, str(root / 'a.py'), '--key',
                         'model.width=1,2', '--oracle')
    assert code == 1 and calls == []
    assert 'leave out --oracle' in capsys.readouterr().err


def test_oracle_needs_a_hook_that_says_so(root, monkeypatch, capsys):
    monkeypatch.setenv('HOLD_OUT', 'False')
    (root / 'a.py').write_text(CONFIG.replace('ZeroShotResultsHook', 'Hook'))
    assert run(root, str(root / 'a.py'), '--key', 'model.width=1,2',
               '--oracle')[0] == 1
    assert 'has no ZeroShotResultsHook' in capsys.readouterr().err


def test_missing_validation_classes_in_the_images(root, capsys):
    code, _, results = run(
        root, str(root / 'a.py'), '--key', 'model.width=1,2',
        '--cfg-options', 'model.empty=True')
    assert code == 1 and results['best'] is None
    assert 'no run has a hIoU: do the classes car occur' in (
        capsys.readouterr().err)


@pytest.mark.parametrize('kwargs, message', [
    (dict(keys={'model.widht': [1]}), "no key 'model.widht'.*width"),
    (dict(keys={'model.depths.2': [1]}), r"no key 'model\.depths\.2'"),
    (dict(keys={'model.width': [1, 1]}), 'different values'),
    (dict(keys={'model.width': []}), 'different values'),
    (dict(steps=['spent']), "no step 'spent'.*spnet"),
    (dict(steps=[]), 'has several steps.*--step'),
    (dict(steps=['spnet'], score='other'), "'other' does not report"),
    (dict(steps=['spnet', 'other']), "depend on step 'other'|'other'"),
    (dict(steps=['spnet'], cfg_options=['model.width=3']), 'is both swept'),
])
def test_wrong_sweeps_are_refused(root, kwargs, message):
    arguments = dict(dict(keys=WIDTHS, steps=['spnet']), **kwargs)
    with pytest.raises(ValueError, match=message):
        make_sweep(load_recipe('toy', root), **arguments)


def test_a_split_is_needed(root):
    (root / 'a.py').write_text(CONFIG.replace('dict(split=split)', 'dict()'))
    with pytest.raises(ValueError, match='val_dataloader.dataset has no spl'):
        make_sweep(tool.read_target(str(root / 'a.py')), WIDTHS)


def test_points_have_names_of_their_own():
    points = make_grid({'a.x': [.5, '0_5'], 'b.x': [(1, 2)]})
    assert [point.values for point in points] == [
        {'a.x': .5, 'b.x': (1, 2)}, {'a.x': '0_5', 'b.x': (1, 2)}]
    names = [point.name for point in points]
    assert len(set(names)) == 2 and names[0].startswith('x_0_5')


def test_dry_run_runs_nothing(root, capsys):
    code, calls, results = run(root, 'toy', '--step', 'spnet', '--key',
                               'model.width=1,2', '--dry-run')
    assert (code, calls, results) == (0, [], {})
    assert '[5/5] best-width_2, seed 0: run' in capsys.readouterr().out
