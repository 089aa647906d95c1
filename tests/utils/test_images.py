"""Image files: found, looked at, put into batches."""
from pathlib import Path

import mmcv
import pytest
from PIL import Image

from mmseg_zeroshot.utils.images import Photo, batches, find_images, look_at


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ('b.jpg', 'a.PNG', 'deep/c.jpeg'):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.new('RGB', (30, 20)).save(path)
    (tmp_path / 'notes.txt').write_text('no image')
    return tmp_path


def names(paths) -> list[str]:
    return [path.name for path in paths]


def test_files_folders_and_patterns(folder):
    assert names(find_images([str(folder)])) == ['a.PNG', 'b.jpg']
    assert names(find_images([f'{folder}/**/*'])) == [
        'a.PNG', 'b.jpg', 'c.jpeg']
    both = [str(folder / 'b.jpg'), str(folder)]
    assert names(find_images(both)) == ['b.jpg', 'a.PNG']


@pytest.mark.parametrize('source', ['none.jpg', '*.gif', 'deep/*.png'])
def test_a_source_without_images_is_named(folder, source):
    with pytest.raises(FileNotFoundError, match='no such image, folder'):
        find_images([str(folder), str(folder / source)])


def test_whole_images_have_their_size(folder):
    assert look_at(folder / 'b.jpg', 600) == Photo(folder / 'b.jpg', (30, 20))


@pytest.mark.parametrize('orientation, size', [(1, (30, 20)), (6, (20, 30))])
def test_a_turned_photo_has_the_size_it_is_read_with(
        folder, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = folder / 'turned.jpg'
    Image.new('RGB', (30, 20)).save(path, exif=exif)
    assert look_at(path, 600).size == size
    assert mmcv.imread(path, 'color').shape[1::-1] == size


def test_oversized_images(folder, monkeypatch):
    with pytest.raises(ValueError, match=r'30 x 20 are 600 pixels, at most '
                       '599 are taken.*--max-pixels'):
        look_at(folder / 'b.jpg', 599)
    # Pillow refuses at twice its own limit, by the header alone.
    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 200)
    with pytest.raises(ValueError, match='b.jpg is oversized'):
        look_at(folder / 'b.jpg', 10**9)


@pytest.mark.parametrize('name', ['b.jpg', 'a.PNG'])
def test_unreadable_images(folder, name):
    path = folder / name
    Image.effect_noise((64, 64), 50).save(path)
    look_at(path, 10**6)
    data = path.read_bytes()
    path.write_bytes(data[:len(data) // 2])
    with pytest.raises(OSError, match=f'{name} cannot be read as an image'):
        look_at(path, 10**6)
    path.write_bytes(b'')
    with pytest.raises(OSError, match=f'{name} cannot be read as an image'):
        look_at(path, 10**6)


def test_batches_hold_one_size():
    photos = [Photo(Path(str(i)), size) for i, size in enumerate(
        [(3, 2), (4, 4), (3, 2), (3, 2), (4, 4)])]
    assert [[p.path.name for p in batch] for batch in batches(photos, 2)] == [
        ['0', '2'], ['3'], ['1', '4']]


def test_a_program_under_the_name_of_a_photo(folder):
    """PostScript is one, which Pillow would hand to its interpreter."""
    path = folder / 'b.jpg'
    Image.new('RGB', (8, 8)).save(path, 'EPS')
    with Image.open(path) as image:
        assert image.format == 'EPS'
    with pytest.raises(OSError, match=r'b\.jpg cannot be read as an image'):
        look_at(path, 10**6)
