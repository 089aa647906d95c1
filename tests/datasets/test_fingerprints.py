import hashlib

from mmseg_zeroshot.datasets.fingerprints import (
    differences,
    fingerprint,
)
from mmseg_zeroshot.utils import file_sha256

from .feature_bank.fakes import SPLIT


def test_fingerprints(tmp_path):
    assert fingerprint(dict(a=1, b=[2])) == fingerprint(dict(b=[2], a=1))
    assert fingerprint(dict(a=1)) != fingerprint(dict(a=2))
    path = tmp_path / 'file'
    path.write_bytes(b'x' * 3_000_000)
    assert file_sha256(path) == hashlib.sha256(b'x' * 3_000_000).hexdigest()


def test_differences_are_short():
    assert differences(dict(split=SPLIT.to_dict()),
                       dict(split=SPLIT.to_dict())) == []
    text = differences(dict(a='x' * 500), dict(a='y' * 500))[0]
    assert len(text) < 220
