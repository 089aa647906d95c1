"""An old checkpoint becomes a file of weights, by its owner's word only."""
import argparse
import os

import numpy as np
import pytest
import torch

from mmseg_zeroshot.commands.convert_checkpoint import main
from mmseg_zeroshot.utils.checkpoints import read_checkpoint

from ..payload import MakesFolder, untouched


@pytest.fixture
def old(tmp_path):
    """A file that also holds settings of a class, as many old ones do."""
    path = tmp_path / 'old.pth'
    torch.save(dict(
        state_dict=dict(
            w=torch.ones(2, requires_grad=True), n=np.arange(2), junk='text'),
        meta=dict(epoch=3, args=argparse.Namespace(lr=1)),
        optimizer=dict(state={}), args=argparse.Namespace(lr=.1)), path)
    return path


def test_the_owner_lets_it_run_once(old, tmp_path, capsys):
    out = tmp_path / 'new.pth'
    assert main([str(old), '--out', str(out)]) == 1
    said = capsys.readouterr().err
    assert 'argparse.Namespace' in said
    assert '--run-code-in-file' in said
    assert not out.exists()
    assert main([str(old), '--out', str(out), '--run-code-in-file']) == 0
    assert capsys.readouterr().out == (
        'left out 3 entries that are no weights: optimizer, args, junk\n'
        f'2 weights written to {out}\n')
    new = read_checkpoint(out)
    assert new['state_dict']['w'].tolist() == [1, 1]
    assert new['state_dict']['n'].tolist() == [0, 1]
    assert new['meta'] == dict(epoch=3)
    assert os.environ['TORCH_FORCE_WEIGHTS_ONLY_LOAD'] == '1'


def test_a_file_of_weights_needs_no_word(tmp_path, capsys):
    path, out = tmp_path / 'old.pth', tmp_path / 'new.pth'
    torch.save(dict(w=torch.ones(2)), path)
    assert main([str(path), '--out', str(out)]) == 0
    assert capsys.readouterr().out == f'1 weights written to {out}\n'
    assert main([str(path), '--out', str(out)]) == 1
    assert 'new.pth is there already' in capsys.readouterr().err
    assert main([str(path), '--out', str(out), '--overwrite']) == 0


def test_nothing_runs_without_the_word(tmp_path, capsys):
    path, out, folder = (tmp_path / name for name in ('a', 'b', 'made'))
    torch.save(dict(state_dict=dict(w=torch.ones(2)),
                    x=MakesFolder(folder)), path)
    assert main([str(path), '--out', str(out)]) == 1
    assert 'mkdir' in capsys.readouterr().err
    assert untouched(folder)
    # And with it, it does: that is what the option says.
    assert main([str(path), '--out', str(out), '--run-code-in-file']) == 0
    assert not untouched(folder)


def test_whole_models_and_several_sets(tmp_path, capsys):
    path, out = tmp_path / 'old.pth', tmp_path / 'new.pth'
    torch.save(torch.nn.Linear(1, 1), path)
    assert main([str(path), '--out', str(out), '--run-code-in-file']) == 0
    assert set(read_checkpoint(out)['state_dict']) == {'weight', 'bias'}
    torch.save(dict(teacher=dict(w=torch.ones(1)),
                    student=dict(w=torch.zeros(1))), path)
    argv = [str(path), '--out', str(out), '--overwrite']
    capsys.readouterr()
    assert main(argv) == 1
    assert ("holds weights under 'teacher', 'student': choose one by --key"
            in capsys.readouterr().err)
    assert main([*argv, '--key', 'student']) == 0
    assert read_checkpoint(out)['state_dict']['w'].tolist() == [0]
    torch.save(dict(seed=1), path)
    assert main(argv) == 1
    assert 'no weights: no dict with tensors' in capsys.readouterr().err
