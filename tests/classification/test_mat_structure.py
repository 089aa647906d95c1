"""Files that SciPy would not survive are refused before it reads them."""
import struct

import numpy as np
import pytest
from scipy.io import savemat

from mmseg_zeroshot.classification.mat_structure import check_structure

NAMES = ('numbers', 'names', 'text')


@pytest.fixture(params=[False, True])
def path(request, tmp_path):
    names = np.empty((2, 1), object)
    names[:, 0] = ['cat', 'Löwe']
    savemat(tmp_path / 'x.mat', dict(
        numbers=np.arange(6.).reshape(2, 3), names=names, text='a' * 40_000,
        other=dict(a=1), small=np.uint8([1, 2])),
        do_compression=request.param)
    return tmp_path / 'x.mat'


def test_whole_files_pass(path):
    check_structure(path, NAMES)
    check_structure(path, ['small'])
    with pytest.raises(ValueError, match="'other' of class 2, and neither"):
        check_structure(path, ['other'])


@pytest.mark.parametrize('size', [130, 150, 300, -30])
def test_cut_files_do_not(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match='ends inside a variable'):
        check_structure(path, NAMES)


@pytest.mark.parametrize('path', [False], indirect=True)
@pytest.mark.parametrize('old, new, message', [
    ((2, 3), (2, 300), "'numbers' has 6 values instead of 600"),
    ((2, 3), (-2, 3), r'the shape \(-2, 3\)'),
    ((2, 1), (2**20, 1), "'names' has 1,048,576 cells in"),
    ((1, 3), (1, 3000), "'' has 3 values instead of 3,000"),
    ((1, 40_000), (1, 2**30), "'text' has 40,000 values"),
])
def test_shapes_that_do_not_fit(path, old, new, message):
    data = path.read_bytes()
    start = struct.pack('<2I', 5, 8)
    before = start + struct.pack('<2i', *old)
    assert before in data
    path.write_bytes(data.replace(before, start + struct.pack('<2i', *new)))
    with pytest.raises(ValueError, match=message):
        check_structure(path, NAMES)
