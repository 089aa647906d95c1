"""Arrays of a stranger's .npz: what would fill the memory is refused."""
import io
import struct
import zipfile

import numpy as np
import pytest

from mmseg_zeroshot.utils import npz
from mmseg_zeroshot.utils.npz import read_npz


def test_arrays_are_read_as_numpy_reads_them(tmp_path):
    given = dict(a=np.arange(6.).reshape(2, 3), b=np.array(['x', 'yz']),
                 c=np.array(3), d=np.asfortranarray(np.ones((3, 2), 'f2')),
                 e=np.zeros((0, 4)))
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / 'x.npz', **given)
        for name, array in zip(given, read_npz(tmp_path / 'x.npz',
                                               list(given))):
            np.testing.assert_array_equal(array, given[name])
            assert array.dtype == given[name].dtype


def test_a_small_file_of_a_large_array_is_refused_unread(tmp_path,
                                                         monkeypatch):
    path = tmp_path / 'x.npz'
    np.savez_compressed(path, a=np.zeros((1000, 1000)))
    assert path.stat().st_size < 10_000
    assert read_npz(path, ['a'])[0].shape == (1000, 1000)
    monkeypatch.setattr(npz, 'SMALL', 1 << 20)
    monkeypatch.setattr(npz, '_read', None)
    with pytest.raises(ValueError, match=(
            r"far larger .* has \d,\d+ bytes: 'a' of 8,000,000 bytes")):
        read_npz(path, ['a'])


def made(path, header, body=b''):
    """Write an archive with an array whose header says anything."""
    start = np.lib.format.magic(1, 0)
    text = (header + '\n').encode()
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('a.npy', start + struct.pack('<H', len(text)) + text
                         + body)


@pytest.mark.parametrize('shape', ['(10**12, )', '(-1, )', '(5, )', '5',
                                   '(1000000000000, 8)', '(2.5, )', 'None'])
def test_headers_that_lie(tmp_path, shape):
    path = tmp_path / 'x.npz'
    made(path, f"{{'descr': '<f8', 'fortran_order': False, "
         f"'shape': {shape}}}", bytes(8))
    with pytest.raises(ValueError):
        read_npz(path, ['a'])


def flipped(data, place, value):
    return data[:place] + bytes([value]) + data[place + 1:]


@pytest.mark.parametrize('what', ['encrypted', 'method', 'bit', 'cut'])
def test_flags_methods_and_damage(tmp_path, what):
    path = tmp_path / 'x.npz'
    file = io.BytesIO()
    np.savez(file, a=np.arange(100.))
    data = file.getvalue()
    central = data.index(b'PK\1\2')
    changed = dict(
        encrypted=flipped(data, central + 8, 1),
        method=flipped(data, central + 10, 99),
        bit=flipped(data, 600, data[600] ^ 1), cut=data[:-30])[what]
    path.write_bytes(changed)
    with pytest.raises(ValueError, match=dict(
            encrypted='encrypted', method='encrypted or packed', bit='CRC',
            cut='broken')[what]):
        read_npz(path, ['a'])
    with pytest.raises(ValueError, match="no array 'b', only a"):
        path.write_bytes(data)
        read_npz(path, ['b'])
