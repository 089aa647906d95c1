"""The scripts in benchmarks/ keep up with the package."""
import logging
import runpy
import sys
from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

FOLDER = Path(__file__).resolve().parents[1] / 'benchmarks'
SMALLEST = {
    'bank_checksums.py': '--megabytes 1 --repeats 1'.split(),
    'confusion_matrix.py': ['--repeats', '1'],
    'finite_hook.py': '--repeats 1 --iterations 2'.split(),
    'generator_step.py': '--repeats 1 --images 1 --size 8'.split(),
    'leaderboard.py': ['--files', '2'],
    'mmd.py': ['--repeats', '1'],
    'region_graph.py': ['--repeats', '1'],
    'resumption.py': '--repeats 1 --steps 1'.split(),
    'score_files.py': '--images 4 --pairs 1 --repeats 1'.split(),
    'semantic_projection_head.py': '--repeats 1 --size 32'.split(),
}
"""Arguments of the scripts that take seconds in their smallest size."""


@pytest.fixture
def run(monkeypatch):
    """Run a script in this process, which has imported PyTorch already."""
    def call(name: str, *arguments: str) -> None:
        monkeypatch.setattr(sys, 'argv', [name, *arguments])
        monkeypatch.setattr(sys, 'path', list(sys.path))
        with DefaultScope.overwrite_default_scope('mmseg'):
            runpy.run_path(str(FOLDER / name), run_name='__main__')

    threads, disabled = torch.get_num_threads(), logging.root.manager.disable
    yield call
    # A script may set these for its process, which is that of all tests.
    torch.set_num_threads(threads)
    logging.disable(disabled)


@pytest.mark.parametrize('name', sorted(p.name for p in FOLDER.glob('*.py')))
def test_imports_and_arguments(name, run, capsys):
    with pytest.raises(SystemExit) as exit:
        run(name, '--help')
    assert exit.value.code == 0
    assert 'usage: ' in capsys.readouterr().out


@pytest.mark.parametrize('name', SMALLEST)
def test_smallest_size(name, run, capsys):
    run(name, *SMALLEST[name])
    assert capsys.readouterr().out
