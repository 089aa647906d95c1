"""Numbers of files that nobody vouches for."""
import io

import numpy as np
import pytest

from mmseg_zeroshot.scoring.arrays import read_array
from mmseg_zeroshot.utils import npz


def packed(*arrays):
    file = io.BytesIO()
    np.savez_compressed(file, *arrays)
    return file.getvalue()


def test_a_small_file_of_a_large_array_is_refused_unread(monkeypatch):
    monkeypatch.setattr(npz, 'SMALL', 1000)
    with pytest.raises(ValueError, match='far larger in memory'):
        read_array(packed(np.zeros(100_000)))
    assert read_array(packed(np.eye(3))).tolist() == np.eye(3).tolist()


def test_objects_and_several_arrays_are_refused():
    with pytest.raises(ValueError, match='pickle'):
        read_array(packed(np.array([{}], object)))
    with pytest.raises(ValueError, match='holds 2 arrays'):
        read_array(packed(np.eye(2), np.eye(3)))
