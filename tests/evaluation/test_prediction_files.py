"""Predictions on disk: no image's file replaces another's."""
import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.evaluation import prediction_files
from mmseg_zeroshot.evaluation.prediction_files import (
    PredictionFiles,
    file_names,
)


def ids(value, kind=np.int64):
    return np.full((3, 4), value, kind)


def found(folder):
    """What each file holds, by its path below the folder."""
    return {path.relative_to(folder).as_posix(): np.array(Image.open(path))[
        0, 0].item() for path in sorted(folder.rglob('*.png'))}


@pytest.mark.parametrize('images, names', [
    (['d/x/1.jpg', 'd/y/1.jpg'], ['x/1.png', 'y/1.png']),
    (['d/x/1.jpg', 'd/x/2.jpg'], ['1.png', '2.png']),
    (['d/1.jpg', 'd/x/1.jpg'], ['1.png', 'x/1.png']),
    (['/a/img/1.jpg', '/b/img/1.jpg'], ['a/img/1.png', 'b/img/1.png']),
    (['d/1.jpg', 'd/1.png', 'd/2.png'],
     ['1.jpg.png', '1.png.png', '2.png']),
    (['d/a.b.jpg', 'd/a.c.jpg'], ['a.b.png', 'a.c.png']),
    (['s3://bucket/x/1.jpg', 's3://bucket/y/1.jpg'], ['x/1.png', 'y/1.png']),
    (['1.jpg'], ['1.png']),
    ([], []),
])
def test_names(images, names):
    assert file_names(images) == dict(zip(images, names))


def test_sub_folders_are_kept(tmp_path):
    files = PredictionFiles(tmp_path / 'out')
    for number, image in enumerate(('x/1.jpg', 'y/1.jpg', 'x/2.jpg')):
        files.add(str(tmp_path / image), ids(number))
    files.finish()
    assert found(tmp_path / 'out') == {
        'x/1.png': 0, 'y/1.png': 1, 'x/2.png': 2}
    assert {p.name for p in (tmp_path / 'out').iterdir()} == {'x', 'y'}


def test_a_second_run_replaces_the_first_and_nothing_else(tmp_path):
    for number in (3, 4):
        files = PredictionFiles(tmp_path)
        files.add('d/x/1.jpg', ids(9))
        files.add('d/x/1.jpg', ids(number))
        files.add('d/y/1.jpg', ids(number + 1))
        files.finish()
        (tmp_path / 'x/notes.txt').write_text('mine')
        assert found(tmp_path) == {'x/1.png': number, 'y/1.png': number + 1}
    assert (tmp_path / 'x/notes.txt').read_text() == 'mine'


def test_ids_above_a_byte_are_kept(tmp_path):
    files = PredictionFiles(tmp_path)
    files.add('d/1.jpg', ids(300))
    files.finish()
    assert found(tmp_path) == {'1.png': 300}


def test_processes_name_their_files_by_the_images_of_all(
        tmp_path, monkeypatch):
    parts = []
    for rank, images in enumerate((['d/x/1.jpg', 'd/x/2.jpg'],
                                   ['d/y/1.jpg', 'd/x/1.jpg'])):
        monkeypatch.setattr(prediction_files, 'get_rank', lambda r=rank: r)
        part = PredictionFiles(tmp_path)
        for image in images:
            part.add(image, ids(rank))
        parts.append(part)
    everything = [['d/x/1.jpg', 'd/x/2.jpg'], ['d/y/1.jpg', 'd/x/1.jpg']]
    monkeypatch.setattr(prediction_files, 'all_gather_object',
                        lambda mine: everything)
    for part in parts:
        part.finish()
    assert list(found(tmp_path)) == ['x/1.png', 'x/2.png', 'y/1.png']
    assert not (tmp_path / prediction_files.WAITING).exists()
