"""Ids come out of a file as they were written into it."""
import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from mmseg_zeroshot.scoring.label_maps import read_image, whole_ids

IDS = np.array([[0, 1, 1, 0], [1, 1, 0, 0]])


def saved(image, kind='PNG', **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def grey(ids, kind=np.uint8):
    return Image.fromarray(ids.astype(kind))


def palette(ids, bits):
    image = Image.fromarray(ids.astype(np.uint8)).convert('P')
    image.putdata(ids.ravel().tolist())
    image.putpalette([90, 10, 10] * (1 << bits))
    return image


@pytest.mark.parametrize('data', [
    saved(grey(IDS)), saved(grey(IDS, np.uint16)), saved(palette(IDS, 1)),
    saved(palette(IDS, 8)), saved(grey(255 * IDS).convert('1')),
    saved(grey(IDS), 'TIFF'), saved(grey(IDS, np.uint16), 'TIFF'),
    saved(grey(IDS), 'TIFF', compression='tiff_lzw'),
    saved(grey(255 * IDS).convert('1'), 'TIFF'),
    saved(grey(IDS, np.int32), 'TIFF'), saved(grey(IDS, np.float32), 'TIFF')],
    ids=range(11))
def test_every_kind_of_image_keeps_its_ids(data):
    found = read_image(data)
    assert found.dtype in (np.uint8, np.uint16)
    assert np.array_equal(found, IDS)


@pytest.mark.parametrize('kind', ['PNG', 'TIFF'])
def test_ids_above_255_stay(kind):
    ids = np.array([[0, 255, 256, 300], [846, 65535, 3, 44]])
    assert np.array_equal(
        read_image(saved(grey(ids, np.uint16), kind)), ids)


@pytest.mark.parametrize('bits', [1, 2, 4])
def test_grey_of_few_bits_is_not_spread(bits):
    """Pillow shows the 3 of two bits as 255, and can write no such file."""
    ids = np.arange(8).reshape(2, 4) % (1 << bits)
    coded = saved(palette(ids, bits), bits=bits)
    # The same file, said to be grey: colour type 0 and no palette.
    chunks = []
    stream = PngImagePlugin.PngStream(io.BytesIO(coded))
    stream.fp.read(8)
    out = io.BytesIO(b'\x89PNG\r\n\x1a\n')
    out.seek(8)
    while True:
        name, _, length = stream.read()
        body = stream.fp.read(length)
        stream.fp.read(4)
        chunks.append(name)
        if name == b'IHDR':
            body = body[:9] + b'\x00' + body[10:]
        if name != b'PLTE':
            PngImagePlugin.putchunk(out, name, body)
        if name == b'IEND':
            break
    assert b'PLTE' in chunks
    assert np.array_equal(read_image(out.getvalue()), ids)


@pytest.mark.parametrize('data, message', [
    (b'', 'is empty'), (b'not an image', 'it is no image file'),
    (saved(grey(IDS))[:-12], 'is cut off'),
    (saved(grey(np.arange(6000).reshape(60, 100) % 251))[:300],
     'is cut off'),
    (saved(grey(np.arange(6000).reshape(60, 100) % 251))[:300] + b'IEND',
     'cannot be read'),
    (saved(grey(IDS), 'JPEG'), 'is a JPEG file, which may change ids'),
    (saved(grey(IDS).convert('RGB')), r'is a colour image \(RGB\)'),
    (saved(grey(IDS).convert('LA')), r'is a colour image \(LA\)'),
    (saved(grey(IDS + 0.5, np.float32), 'TIFF'), 'holds 0.5, .* no label map'),
    (saved(grey(IDS - 1, np.int32), 'TIFF'), 'holds -1, and ids are 0 to'),
    (saved(grey(IDS * 70000, np.int32), 'TIFF'), 'holds 70000, and ids are'),
    (saved(grey(IDS.astype(float) * np.nan, np.float32), 'TIFF'),
     'holds nan'),
    (saved(grey(IDS), 'TIFF', save_all=True, append_images=[grey(IDS)]),
     'holds 2 images'),
    (saved(grey(IDS), 'TIFF', tiffinfo={262: 0}), '0 is black')],
    ids=range(14))
def test_what_is_no_label_map_says_why(data, message):
    with pytest.raises(ValueError, match=message):
        read_image(data)


def test_numbers_are_ids_or_an_error():
    assert whole_ids(np.array([[300., 2.]])).tolist() == [[300, 2]]
    assert whole_ids(np.array([[True, False]])).tolist() == [[1, 0]]
    assert whole_ids(np.array([[1]], '>u2')).dtype == np.uint16
    with pytest.raises(ValueError, match='holds complex128 and no ids'):
        whole_ids(np.array([[1j]]))
