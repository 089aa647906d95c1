"""Images as a pipeline reads them."""
import mmcv
import numpy as np
import pytest
from mmcv.transforms import LoadImageFromFile
from PIL import Image, ImageOps

from mmseg_zeroshot.utils.images import look_at, orientation
from mmseg_zeroshot.utils.pictures import (
    as_picture,
    image_loader,
    obeys_orientation,
    read_picture,
)


def corners():
    """Four quarters of different colours."""
    image = np.zeros((16, 24, 3), np.uint8)
    image[:8, :12], image[:8, 12:] = (250, 0, 0), (0, 250, 0)
    image[8:, :12], image[8:, 12:] = (0, 0, 250), (250, 250, 250)
    return image


def save_turned(path, orientation, image=None):
    exif = Image.Exif()
    exif[0x0112] = orientation
    # A TIFF file keeps a tag that is given as an object.
    Image.fromarray(corners() if image is None else image).save(
        path, exif=exif.tobytes() if path.suffix == '.jpg' else exif)
    return path


@pytest.mark.parametrize('turn', range(1, 9))
@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.tiff', '.webp'])
def test_pictures_are_turned_as_the_network_s_are(tmp_path, turn, suffix):
    path = save_turned(tmp_path / f'turned{suffix}', turn)
    with Image.open(path) as image:
        assert orientation(image) == turn
    assert look_at(path, 10**6).orientation == turn
    read = read_picture(path)
    with Image.open(path) as image:
        seen = np.array(ImageOps.exif_transpose(image).convert('RGB'))
    assert read.shape == seen.shape
    assert abs(read.astype(int) - seen)[2:6, 2:6].max() < 30
    network = LoadImageFromFile()(dict(img_path=str(path)))['img']
    assert np.array_equal(read, network[..., ::-1])


@pytest.mark.parametrize('backend', ['cv2', 'pillow'])
def test_a_pipeline_may_leave_the_stored_order(tmp_path, backend):
    path = save_turned(tmp_path / 'turned.png', 6)
    step = dict(type='LoadImageFromFile', imdecode_backend=backend,
                color_type='color_ignore_orientation')
    assert np.array_equal(read_picture(path, [step]), corners())
    assert not obeys_orientation(step)
    assert not obeys_orientation(LoadImageFromFile(color_type='unchanged'))
    assert obeys_orientation(dict(type='LoadImageFromFile'))


def test_an_orientation_that_is_none_is_none(tmp_path):
    for given in (0, 9, 300):
        with Image.open(save_turned(tmp_path / 'a.jpg', given)) as image:
            assert orientation(image) == 1
    Image.new('RGB', (3, 2)).save(tmp_path / 'plain.png')
    with Image.open(tmp_path / 'plain.png') as image:
        assert orientation(image) == 1


def test_a_grey_photo_of_two_bytes_is_as_bright_as_the_network_s(tmp_path):
    grey = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    Image.fromarray(grey).save(tmp_path / 'grey.png')
    read = read_picture(tmp_path / 'grey.png')
    assert read.dtype == np.uint8 and read.shape == (16, 16, 3)
    assert np.array_equal(read, mmcv.imread(str(tmp_path / 'grey.png')))
    assert (np.diff(read[..., 0].ravel().astype(int)) >= 0).all()
    assert read.min() == 0 and read.max() == 255
    whole = dict(type='LoadImageFromFile', color_type='unchanged')
    assert np.array_equal(read_picture(tmp_path / 'grey.png', [whole]), read)


@pytest.mark.parametrize('shape', [(4, 5), (4, 5, 1), (4, 5, 2), (4, 5, 3),
                                   (4, 5, 4)])
@pytest.mark.parametrize('kind', [np.uint8, np.float32, np.uint16])
def test_pictures_have_three_channels_of_bytes(shape, kind):
    picture = as_picture(np.ones(shape, kind))
    assert picture.shape == (4, 5, 3) and picture.dtype == np.uint8


def test_channels_are_turned_round():
    blue = np.zeros((2, 2, 4), np.uint8)
    blue[..., 0] = 9
    assert as_picture(blue)[0, 0].tolist() == [0, 0, 9]


def test_the_loading_step_is_found():
    load = dict(type='mmseg.LoadImageFromFile', imdecode_backend='pillow')
    steps = [dict(type='LoadAnnotations'), load, dict(type='Resize')]
    assert image_loader(steps) is load
    own = LoadImageFromFile()
    assert image_loader([own]) is own
    assert image_loader([])['type'] == 'LoadImageFromFile'
    assert image_loader([dict(type=LoadImageFromFile)])['type'] is (
        LoadImageFromFile)


def test_an_image_that_the_pipeline_leaves_out(tmp_path):
    step = dict(type='LoadImageFromFile', ignore_empty=True)
    with pytest.raises(OSError, match=r'gone\.jpg cannot be read'):
        read_picture(tmp_path / 'gone.jpg', [step])
