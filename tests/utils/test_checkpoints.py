"""What may be read of a checkpoint, by us and by MMEngine, and what not."""
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader, checkpoint

from mmseg_zeroshot.utils.checkpoints import (
    checkpoint_globals,
    guard_engine,
    read_checkpoint,
)

from ..payload import MakesFolder, untouched


def with_mmengine(path):
    guard_engine()
    return CheckpointLoader.load_checkpoint(str(path), map_location='cpu')


READERS = pytest.mark.parametrize('read', [read_checkpoint, with_mmengine])


@READERS
def test_what_mmengine_wrote_is_read(tmp_path, read):
    path = tmp_path / 'net.pth'
    torch.save(dict(
        state_dict=dict(w=torch.ones(2)), meta=dict(seed=np.int64(3)),
        states=[np.random.get_state()[1], np.arange(3) > 1],
        message_hub=dict(log_scalars=dict(
            loss=HistoryBuffer([1., 3.], [1, 1])))), path)
    found = read(path)
    assert found['state_dict']['w'].tolist() == [1, 1]
    assert found['meta']['seed'] == 3
    assert found['states'][1].tolist() == [False, False, True]
    loss = found['message_hub']['log_scalars']['loss']
    assert (loss.mean(), loss.statistics('max')) == (2, 3)


def test_reading_takes_nothing_from_what_torch_admits(tmp_path):
    path = tmp_path / 'net.pth'
    torch.save(dict(loss=HistoryBuffer([1.], [1])), path)
    read_checkpoint(path)
    assert torch.load(path, weights_only=True)['loss'].mean() == 1
    with torch.serialization.safe_globals(checkpoint_globals()):
        pass
    assert read_checkpoint(path)['loss'].mean() == 1


def renamed(data, old, new):
    """Write a module's name in a pickle as another numpy has it."""
    assert old in data
    return data.replace(old, new)


@pytest.mark.parametrize('core', [b'numpy.core', b'numpy._core'])
def test_arrays_of_either_numpy_are_read(tmp_path, core):
    path = tmp_path / 'net.pth'
    torch.save(dict(a=np.arange(3)), path,
               _use_new_zipfile_serialization=False)
    own = np.zeros(0).__reduce__()[0].__module__.split('.multiarray')[0]
    path.write_bytes(renamed(path.read_bytes(), own.encode(), core))
    assert read_checkpoint(path)['a'].tolist() == [0, 1, 2]


@READERS
@pytest.mark.parametrize('zipped', [True, False])
def test_a_payload_is_refused_and_the_way_out_named(tmp_path, read, zipped):
    path, folder = tmp_path / 'net.pth', tmp_path / 'made'
    torch.save(dict(state_dict=MakesFolder(folder)), path,
               _use_new_zipfile_serialization=zipped)
    with pytest.raises(ValueError) as error:
        read(path)
    said = str(error.value)
    assert f'{path} cannot be read as a checkpoint' in said
    assert 'mkdir' in said
    assert (f'mmseg-zeroshot convert-checkpoint {path} --out NEW.pth '
            '--run-code-in-file') in said
    assert 'weights_only' not in said
    assert untouched(folder)


class Reach:
    """Pickles as getattr(getattr, '__self__'), which is `builtins`."""

    def __reduce__(self):
        return getattr, (getattr, '__self__')


@READERS
def test_getattr_reaches_statistics_only(tmp_path, read):
    path = tmp_path / 'net.pth'
    torch.save(dict(x=Reach()), path)
    torch.serialization.clear_safe_globals()
    with torch.serialization.safe_globals([getattr]):
        import builtins
        assert torch.load(path, weights_only=True)['x'] is builtins
    with pytest.raises(ValueError, match='net.pth cannot be read'):
        read(path)
    assert getattr not in checkpoint_globals()


@READERS
@pytest.mark.parametrize('content, message', [
    (b'', 'is empty'),
    (b'not weights', 'no file of weights'),
    (b'\0' * 100, 'no file of weights'),
    (b'PK\3\4' + b'\7' * 200, 'zip archive'),
    (pickle.dumps([1, 2], 2), 'no file of weights|magic number'),
])
def test_what_is_no_checkpoint(tmp_path, read, content, message):
    path = tmp_path / 'net.pth'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f'net.pth cannot be read.*{message}'):
        read(path)


@READERS
def test_half_a_checkpoint(tmp_path, read):
    path = tmp_path / 'net.pth'
    torch.save(dict(w=torch.ones(1000)), path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r'net\.pth cannot be read'):
        read(path)


def test_a_list_and_a_program_are_no_checkpoints(tmp_path):
    torch.save([torch.ones(2)], tmp_path / 'list.pth')
    with pytest.raises(ValueError, match='holds a list, not weights by name'):
        read_checkpoint(tmp_path / 'list.pth')
    torch.jit.script(torch.nn.Linear(1, 1)).save(tmp_path / 'program.pth')
    with (pytest.warns(UserWarning),
          pytest.raises(ValueError, match=r'program\.pth .*TorchScript')):
        read_checkpoint(tmp_path / 'program.pth')
    with pytest.raises(FileNotFoundError, match='no such file: none.pth'):
        read_checkpoint('none.pth')


def test_a_downloaded_payload_is_refused_by_name(tmp_path, monkeypatch):
    """As MMEngine keeps it: a file in the folder of its downloads."""
    folder = tmp_path / 'made'
    cache = tmp_path / 'hub' / 'checkpoints'
    cache.mkdir(parents=True)
    torch.save(dict(state_dict=MakesFolder(folder)), cache / 'net.pth')
    monkeypatch.setattr(checkpoint, 'load_url', lambda url, **_: torch.load(
        cache / 'net.pth'))
    guard_engine()
    with pytest.raises(ValueError, match=r'https://x/net\.pth cannot be rea'):
        CheckpointLoader.load_checkpoint('https://x/net.pth')
    assert untouched(folder)


@pytest.mark.parametrize('first', ['mmseg_zeroshot', 'mmengine.runner'])
def test_the_import_alone_guards_mmengine(tmp_path, first):
    """No type of the package has been looked up yet."""
    path = tmp_path / 'net.pth'
    torch.save(dict(x=Reach()), path)
    said = subprocess.run(
        [sys.executable, '-c', f'import {first}\nimport mmseg_zeroshot\n'
         'from mmengine.runner import CheckpointLoader\n'
         f'CheckpointLoader.load_checkpoint({str(path)!r})'],
        capture_output=True, text=True, cwd=tmp_path)
    assert said.returncode == 1
    assert f'ValueError: {path} cannot be read' in said.stderr
