import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.datasets import CheckedLoading
from mmseg_zeroshot.datasets.transforms.checked_loading import check_whole


@pytest.fixture(params=['jpg', 'png'])
def picture(request, tmp_path):
    path = tmp_path / f'photo.{request.param}'
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def load(path):
    step = CheckedLoading(dict(type='LoadImageFromFile'))
    return step(dict(img_path=str(path)))


def test_a_whole_file_is_loaded_as_the_step_does(picture):
    assert load(picture)['img'].shape == (64, 64, 3)


@pytest.mark.parametrize('part', [0, 0.3, 0.9])
def test_a_truncated_file_is_named(picture, part):
    whole = picture.read_bytes()
    picture.write_bytes(whole[:int(len(whole) * part)])
    with pytest.raises(OSError, match=picture.name):
        load(picture)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='gone.jpg'):
        load(tmp_path / 'gone.jpg')


def test_text_in_place_of_an_image_is_named(tmp_path):
    (tmp_path / 'text.png').write_text('no image')
    with pytest.raises(OSError, match='text.png'):
        load(tmp_path / 'text.png')


def test_padding_behind_the_picture_is_no_error(picture):
    picture.write_bytes(picture.read_bytes() + bytes(5000))
    check_whole(picture)


def test_key_is_checked():
    with pytest.raises(ValueError, match='key must be one of'):
        CheckedLoading(dict(type='LoadImageFromFile'), key='path')
