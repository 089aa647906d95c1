"""The same short run under either OpenMMLab stack."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CYCLE = Path(__file__).with_name('cycle.py')


def run_cycle(python: str, work_dir: Path, root: Path) -> str:
    env = dict(os.environ, PYTHONPATH=str(root), OMP_NUM_THREADS='1')
    done = subprocess.run(
        [python, str(CYCLE), str(work_dir)], env=env, cwd=work_dir.parent,
        capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def test_cycle_on_the_installed_stack(tmp_path, repo_root):
    out = run_cycle(sys.executable, tmp_path / 'run', repo_root)
    assert 'cycle done' in out


@pytest.mark.upstream
def test_cycle_on_upstream(tmp_path, repo_root):
    """Needs an environment made once, by hand.

    pip install torch 'setuptools<81' mmengine==0.10.7 mmcv-lite==2.1.0
    mmsegmentation==1.2.2 ftfy regex gensim
    """
    python = os.environ.get('MMSEG_ZEROSHOT_UPSTREAM_PYTHON')
    if not python:
        pytest.skip('set MMSEG_ZEROSHOT_UPSTREAM_PYTHON to an interpreter '
                    'with upstream OpenMMLab packages')
    out = run_cycle(python, tmp_path / 'run', repo_root)
    assert 'stack 0.10.7 1.2.2' in out
    assert 'cycle done' in out
