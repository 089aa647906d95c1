import numpy as np
import pytest

from mmseg_zeroshot.datasets.mask_scan import (
    check_files_exist,
    scan_masks,
)


def test_scan_finds_the_images_of_the_classes():
    masks = [np.full((2, 2), i, np.uint8) for i in (0, 3, 1, 4, 255)]
    infos = [dict(at=i) for i in range(5)]
    found = scan_masks(infos, lambda info: masks[info['at']], (3, 4))
    assert found.tolist() == [False, True, False, True, False]


def test_the_first_bad_file_in_order_is_raised():
    def load(info):
        if info['at'] > 1:
            raise OSError(f'file {info["at"]}')
        return np.zeros((2, 2), np.uint8)

    infos = [dict(at=i) for i in range(50)]
    with pytest.raises(OSError, match='file 2'):
        scan_masks(infos, load, (3, ), num_threads=4)


def test_missing_files_are_counted_and_the_first_named(tmp_path):
    (tmp_path / 'there.png').touch()
    infos = [dict(img_path=str(tmp_path / name), seg_map_path=None)
             for name in ('there.png', 'gone.png', 'lost.png')]
    check_files_exist(infos[:1], ('img_path', 'seg_map_path'))
    check_files_exist([dict(img_path='s3://bucket/x.png')], ('img_path', ))
    with pytest.raises(FileNotFoundError, match='2 files.*gone.png'):
        check_files_exist(infos, ('img_path', 'seg_map_path'))
    other = [dict(img_path=str(tmp_path / 'no' / 'x.png'))]
    with pytest.raises(FileNotFoundError, match='1 files'):
        check_files_exist(other, ('img_path', ))
