"""Panels, palettes and curves, looked at through their pixels."""
import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.visualization import (
    colorblind_palette,
    panel_figure,
    save_gamma_curve,
    save_panel,
)

CLASSES = ['background', 'cow', 'dog', 'tree']


def row(height=60, width=80):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    truth = np.zeros((height, width), dtype=np.uint8)
    truth[10:30, 10:40] = 1
    truth[35:55, 20:60] = 2
    truth[:4] = 255
    return image, truth, np.where(truth == 1, 2, truth)


def colors(path):
    pixels = np.array(Image.open(path).convert('RGB')).reshape(-1, 3)
    return {tuple(map(int, color)) for color in np.unique(pixels, axis=0)}


def test_panel_shows_the_classes_that_occur(tmp_path):
    path = tmp_path / 'panel.png'
    palette = [(10, 20, 30), (200, 0, 0), (0, 200, 0), (0, 0, 200)]
    save_panel(path, [row(), row(40, 80)], classes=CLASSES, unseen=['cow'],
               palette=palette, dpi=80)
    shown = colors(path)
    assert set(palette[:3]) <= shown
    assert palette[3] not in shown  # no tree anywhere, nor in the legend
    assert (235, 235, 235) in shown  # not scored


def test_panel_grows_with_rows_and_columns(tmp_path):
    sizes = []
    for rows, titles in (
            ([row()], ('image', 'truth', 'ours')),
            ([row(), row()], ('image', 'truth', 'ours')),
            ([(*row(), row()[1])], ('image', 'truth', 'plain', 'ours'))):
        save_panel(tmp_path / 'p.png', rows, classes=CLASSES,
                   titles=titles, dpi=50)
        sizes.append(Image.open(tmp_path / 'p.png').size)
    assert sizes[1][1] > 1.5 * sizes[0][1] and sizes[1][0] == sizes[0][0]
    assert sizes[2][0] > 1.25 * sizes[0][0]


def test_unseen_regions_are_outlined(tmp_path):
    plain, marked = tmp_path / 'plain.png', tmp_path / 'marked.png'
    palette = [(90, 90, 90)] * 4
    arguments = dict(classes=CLASSES, palette=palette, dpi=100)
    save_panel(plain, [row()], **arguments)
    save_panel(marked, [row()], unseen=['cow'], **arguments)
    assert colors(marked) - colors(plain)


def test_captions_are_written_on_the_images(tmp_path):
    rows = [row(), row()]
    texts = [[t.get_text() for t in axes.texts] for axes in panel_figure(
        rows, classes=CLASSES, captions=['best', 'hardest']).axes]
    assert texts == [['best'], [], [], ['hardest'], [], []]
    path = tmp_path / 'panel.svg'
    save_panel(path, rows, classes=CLASSES, captions=['best', 'hardest'])
    assert b'<svg' in path.read_bytes()


def test_colorblind_colors_are_distinct():
    palette = colorblind_palette(CLASSES)
    assert palette[0] == (40, 40, 40)
    assert len(set(palette)) == 4
    many = colorblind_palette([f'class {i}' for i in range(60)])
    assert len(set(many)) == 60
    # Classes that occur get the published colours first.
    assert colorblind_palette(CLASSES, [3])[3] == palette[1]


@pytest.mark.parametrize('change, message', [
    (dict(rows=[]), 'at least one row'),
    (dict(rows=[row()[:2]]), '2 pictures for 3 titles'),
    (dict(rows=[(row()[0], row()[1], row(9, 9)[1])]), 'differ in size'),
    (dict(rows=[(row()[0], row()[1], row()[0])]), r'maps must be \(H, W\)'),
    (dict(classes=CLASSES[:2]), 'class id 2 is outside the 2 classes'),
    (dict(unseen=['horse']), "'horse' is not in classes"),
    (dict(palette=[(0, 0, 0)]), '1 colours for 4 classes'),
    (dict(captions=['a', 'b']), '2 captions for 1 rows')])
def test_wrong_arguments_are_errors(change, message, tmp_path):
    arguments = dict(rows=[row()], classes=CLASSES) | change
    with pytest.raises(ValueError, match=message):
        save_panel(tmp_path / 'p.png', arguments.pop('rows'), **arguments)
    assert not list(tmp_path.iterdir())


def gamma_rows():
    return [
        dict(gamma=g, seen=dict(mIoU=60 - 50 * g), unseen=dict(mIoU=40 * g),
             hIoU=30 + 10 * g) for g in (0, .5, 1)]


def test_gamma_curve_is_drawn(tmp_path):
    plain, marked = tmp_path / 'plain.png', tmp_path / 'marked.png'
    save_gamma_curve(plain, gamma_rows(), dpi=60)
    save_gamma_curve(marked, gamma_rows(), best=.5, title='pets', dpi=60)
    first, second = (np.array(Image.open(p)) for p in (plain, marked))
    assert first.shape == second.shape == (192, 300, 4)
    assert (first != second).any()
    assert {(0, 114, 178), (213, 94, 0), (0, 0, 0)} <= colors(plain)


def test_gamma_curve_with_undefined_scores(tmp_path):
    rows = gamma_rows()
    rows[0]['hIoU'] = None
    save_gamma_curve(tmp_path / 'c.png', rows, dpi=60)


@pytest.mark.parametrize('rows, best, message', [
    ([], None, 'no row'), (gamma_rows(), .3, '0.3 is not in the table')])
def test_wrong_curves_are_errors(rows, best, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_gamma_curve(tmp_path / 'c.png', rows, best=best)
