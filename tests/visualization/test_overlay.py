"""Overlays and the files of predictions."""
import json

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.visualization.overlay import draw_overlay
from mmseg_zeroshot.visualization.predictions import PredictionWriter

CLASSES = ('background', 'cat', 'zebra')
PALETTE = [(0, 0, 0), (200, 0, 0), (0, 0, 200)]


def quarters() -> np.ndarray:
    """Three quarters background and cat, a quarter zebra."""
    ids = np.zeros((40, 80), int)
    ids[:20, :40] = 1
    ids[20:, 40:] = 2
    return ids


def test_colours_are_blended_and_background_is_left_alone():
    image = np.full((40, 80, 3), 100, np.uint8)
    picture = draw_overlay(image, quarters(), classes=CLASSES,
                           palette=PALETTE, opacity=0.5, with_labels=False)
    assert picture.shape == image.shape
    assert tuple(picture[5, 5]) == (150, 50, 50)
    assert tuple(picture[30, 60]) == (50, 50, 150)
    assert tuple(picture[5, 60]) == (100, 100, 100)
    assert tuple(picture[5, 40]) == (255, 255, 255)  # the border


def test_the_legend_is_below_and_wide_enough():
    image = np.full((40, 80, 3), 100, np.uint8)
    plain = draw_overlay(image, quarters(), classes=CLASSES, palette=PALETTE,
                         with_labels=False)
    picture = draw_overlay(image, quarters(), classes=CLASSES,
                           palette=PALETTE, marks=dict(zebra='+ '))
    assert picture.shape[1] == 240 and picture.shape[0] > 50
    assert np.array_equal(picture[:40, 80:160], plain)
    colors = {tuple(c) for c in picture[40:].reshape(-1, 3)}
    assert set(PALETTE) <= colors
    # More text takes more ink.
    ink = (picture[40:] < 90).all(2).sum()
    without = draw_overlay(image, quarters() % 2, classes=CLASSES,
                           palette=PALETTE)
    assert ink > (without[40:] < 90).all(2).sum()


@pytest.mark.parametrize('ids, message', [
    (np.zeros((3, 3), int), r'\(40, 80\).*\(3, 3\)'),
    (np.full((40, 80), 3), 'class id 3 has no name')])
def test_ids_that_do_not_fit(ids, message):
    with pytest.raises(ValueError, match=message):
        draw_overlay(np.zeros((40, 80, 3), np.uint8), ids, classes=CLASSES,
                     palette=PALETTE)


def test_writer(tmp_path):
    for folder in ('a', 'b'):
        (tmp_path / folder).mkdir()
        Image.new('RGB', (80, 40), 'grey').save(tmp_path / folder / 'x.png')
    groups = dict(background='seen', cat='unseen', zebra='added')
    writer = PredictionWriter(tmp_path / 'out', CLASSES, groups)
    writer.write(tmp_path / 'a/x.png', quarters())
    writer.write(tmp_path / 'b/x.png', np.zeros((40, 80), int))
    path = writer.finish(config='c.py')
    names = {p.relative_to(tmp_path / 'out').as_posix()
             for p in (tmp_path / 'out').rglob('*.*')}
    assert names == {'areas.json', 'vis/x.jpg', 'vis/x-2.jpg', 'pred/x.png',
                     'pred/x-2.png'}
    with Image.open(tmp_path / 'out/pred/x.png') as mask:
        assert mask.mode == 'P'
        assert np.array_equal(np.array(mask), quarters())
    areas = json.loads(path.read_text())
    assert areas['config'] == 'c.py'
    assert areas['classes'][2] == dict(id=2, name='zebra', group='added')
    first, second = areas['images']
    assert first['image'].endswith('a/x.png')
    assert (first['width'], first['height']) == (80, 40)
    assert first['classes'][0] == dict(
        id=0, name='background', group='seen', pixels=1600, share=0.5)
    assert {c['name']: c['pixels'] for c in first['classes']} == dict(
        background=1600, cat=800, zebra=800)
    assert second['mask'] == 'pred/x-2.png'


def test_writer_leaves_out_what_is_not_wanted(tmp_path):
    Image.new('RGB', (80, 40)).save(tmp_path / 'x.png')
    writer = PredictionWriter(
        tmp_path / 'out', CLASSES, dict.fromkeys(CLASSES, 'seen'),
        img_out_dir='')
    record = writer.write(tmp_path / 'x.png', quarters())
    assert 'overlay' not in record
    assert [p.name for p in (tmp_path / 'out').iterdir()] == ['pred']
