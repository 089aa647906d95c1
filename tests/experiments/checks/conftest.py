"""Checks without the one thing that takes seconds."""
import pytest

from mmseg_zeroshot.experiments.checks import duration


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    """Time no iteration."""
    monkeypatch.setattr(duration, 'measure', lambda subject: None)
