"""A method in a file of one's own, as in docs/extending."""
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mmseg.registry import MODELS

from mmseg_zeroshot.experiments.methods import METHODS, make_plan
from mmseg_zeroshot.experiments.own_modules import modules_in_use
from mmseg_zeroshot.experiments.running import make_tasks
from mmseg_zeroshot.experiments.running.reasons import why
from mmseg_zeroshot.results import make_boards, markdown_table
from mmseg_zeroshot.results.leaderboard_text import markdown_page

from ...results.runs import record
from ..files import own


@pytest.fixture
def cosine(repo_root: Path, tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An experiment that names the file; what it registers goes after."""
    monkeypatch.setattr(MODELS, '_module_dict', dict(MODELS.module_dict))
    monkeypatch.setattr(sys, 'path', [*sys.path])
    source = repo_root / 'docs' / 'extending' / 'cosine_method.py'
    (tmp_path / source.name).write_text(source.read_text('utf-8'))
    yield own(tmp_path, "imports = ['cosine_method']")
    METHODS.pop('cosine', None)
    sys.modules.pop('cosine_method', None)


def test_it_is_in_tables_and_boards(cosine: Any) -> None:
    step = make_plan(cosine, ['cosine'], calibrate=False).steps['cosine']
    assert step.config is not None
    row = step.config['default_hooks']['results']['method']
    assert METHODS['cosine'].rows == (row, ) == ('Cosine', )
    better = record(unseen=30., method=row)
    better['generalised']['hIoU'] = 35.
    records = [record(), better]
    assert '| Cosine | Pets | pets |' in markdown_table(records)
    board = make_boards(records)[0]
    assert [found['method'] for found in board.rows] == ['Cosine', 'SPNet']
    assert '| 1 | Cosine | 0 | 1 |' in markdown_page([board])


def test_it_is_calibrated(cosine: Any) -> None:
    steps = make_plan(cosine, ['cosine']).steps
    assert list(steps) == ['cosine', 'held-out-cosine', 'gamma-cosine',
                           'cosine-calibrated']


def test_an_edit_runs_the_steps_again_that_use_the_file(cosine: Any) -> None:
    def tasks() -> dict:
        plan = make_plan(cosine, ['seen', 'cosine'])
        made = make_tasks(plan.steps.values(), [0], cosine.place)
        # A task looks at the files once, when it is asked for them first.
        return {task.step.name: task for task in made if task.fingerprint}

    def changed(earlier: dict, later: dict) -> dict[str, str]:
        return {name: why(task, earlier[name].identity)
                for name, task in later.items()
                if task.fingerprint != earlier[name].fingerprint}

    source, before = cosine.place / 'cosine_method.py', tasks()
    with source.open('a') as file:
        file.write('TEMPERATURE = 2\n')
    after = tasks()
    assert {*after} - {*changed(before, after)} == {'seen'}
    assert changed(before, after)['cosine'] == (
        'imports.cosine_method changed')
    # Another file's edit is none of ours.
    source.with_name('other.py').write_text('x = 1')
    assert changed(after, tasks()) == {}


@pytest.mark.parametrize('code', [
    'class Head:\n    pass',
    'def Head():\n    pass',
    "MODELS.register_module(name='Head', module=make())",
    "MODELS.register_module('Head')(make())",
])
def test_parts_of_modules_are_found_without_an_import(
        tmp_path: Path, code: str) -> None:
    (tmp_path / 'mine').mkdir()
    (tmp_path / 'mine' / 'heads.py').write_text(f'raise SystemExit\n{code}')
    (tmp_path / 'other.py').write_text('')
    config = dict(model=dict(parts=[dict(type='mmseg.Head')]))
    found = modules_in_use(['mine', 'other', 'numpy'], tmp_path, config)
    assert found == {'mine': (tmp_path / 'mine' / 'heads.py', ),
                     'other': (tmp_path / 'other.py', )}
    config['model']['parts'][0]['type'] = 'Tail'
    assert modules_in_use(['mine', 'other'], tmp_path, config) == {}
