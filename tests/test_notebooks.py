"""The notebooks run as they are, and hold no output."""
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted(
    (Path(__file__).parents[1] / 'docs' / 'notebooks').glob('*.ipynb'))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == 'code']


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_has_no_outputs(notebook):
    nbformat.validate(notebook)
    assert all(cell.outputs == [] and cell.execution_count is None
               for cell in code_cells(notebook))


@pytest.mark.slow
def test_runs(notebook, repo_root, tmp_path):
    """Without Jupyter: the cells are plain Python, run in their order."""
    script = tmp_path / 'cells.py'
    script.write_text('\n\n'.join(
        cell.source for cell in code_cells(notebook)))
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, text=True,
        capture_output=True, env=dict(
            PYTHONPATH=str(repo_root), MPLBACKEND='Agg', HOME=str(tmp_path),
            PATH='/usr/bin:/bin', OMP_NUM_THREADS='1'))
    assert done.returncode == 0, done.stderr[-3000:]
    assert 'unseen: ' in done.stdout
    assert list((tmp_path / 'work_dirs').rglob('iter_*.pth'))
