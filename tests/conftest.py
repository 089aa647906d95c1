"""Fixtures that several rooms use."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.logging import MMLogger

import mmseg_zeroshot.registered  # noqa: F401

# Its import configures Python's logging and so closes every log file that is
# open: first of all, before a runner has one.
with contextlib.suppress(ImportError):
    import submitit  # noqa: F401


def leave_unformatted(patch: pytest.MonkeyPatch) -> None:
    """Replace YAPF by what returns the text."""
    def unformatted(text: str, **style: object) -> tuple[str, bool]:
        return text, True

    # MMEngine imports it at the top or, since 0.10.8, where it is used.
    patch.setattr('mmengine.config.config.FormatCode', unformatted,
                  raising=False)
    patch.setattr('yapf.yapflib.yapf_api.FormatCode', unformatted)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Make every test start from the same random state."""
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def open_streams() -> Iterator[None]:
    """Let no logger write to a stream that ended with a test before.

    MMEngine keeps all loggers, and gives the newest one to whoever logs
    without saying where.
    """
    yield
    for logger in MMLogger._instance_dict.values():
        for handler in logger.handlers:
            if type(handler) is logging.StreamHandler and (
                    handler.stream.closed):
                handler.stream = sys.stdout


@pytest.fixture(scope='session', autouse=True)
def unformatted_configs() -> Iterator[None]:
    """Let runs write their config down as it is: YAPF takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        leave_unformatted(patch)
        yield


@pytest.fixture(scope='session')
def repo_root() -> Path:
    """The checkout: configs, tools and packaging files are there."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope='session')
def real_data() -> Path:
    """The folder of real images and vectors; skips where there is none."""
    folder = os.environ.get('MMSEG_ZEROSHOT_DATA')
    if not folder:
        pytest.skip('set MMSEG_ZEROSHOT_DATA to the folder of real data')
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f'MMSEG_ZEROSHOT_DATA={folder}: no such folder')
    return path
