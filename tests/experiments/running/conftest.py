"""A place where fake commands note their calls."""

from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.running import calls

from .toys import PROGRAM


@pytest.fixture(autouse=True)
def noted_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run fake commands, and keep the calls of a test by themselves."""
    monkeypatch.setattr(calls, 'PROGRAM', PROGRAM)
    monkeypatch.setenv('CALLS', str(tmp_path / 'calls'))
    for name in ('BREAK', 'HANG', 'EMPTY', 'OMP_NUM_THREADS',
                 'CUDA_VISIBLE_DEVICES'):
        monkeypatch.delenv(name, raising=False)
