"""The command that finds what would stop an experiment."""
from pathlib import Path

import pytest

from mmseg_zeroshot.commands import check
from tests.experiments.checks.farm import write_farm


def test_clean(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = write_farm(tmp_path)
    assert check.main([str(path), 'seen']) == 0
    assert 'Nothing to mend.' in capsys.readouterr().out


def test_something_to_mend(tmp_path: Path,
                           capsys: pytest.CaptureFixture) -> None:
    path = write_farm(tmp_path)
    assert check.main(['--seeds', '0', '1', '--no-calibration', '--all-masks',
                       '--cfg-options', 'optim_wrapper.optimizer.lr=fast',
                       '--work-dir', str(tmp_path), str(path)]) == 1
    printed = capsys.readouterr().out
    assert "Mend first:\n  error: options['all']" in printed


def test_no_experiment(capsys: pytest.CaptureFixture) -> None:
    assert check.main(['no-such-experiment']) == 1
    assert 'no-such-experiment' in capsys.readouterr().err
