"""A method in a file of one's own, as in docs/extending."""
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mmseg.registry import MODELS

from mmseg_zeroshot.experiments.methods import METHODS, make_plan
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
