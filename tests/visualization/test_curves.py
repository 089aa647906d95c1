"""Curves with a spread, looked at through the lines that are drawn."""
import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.visualization import curves, save_curves, save_figure
from mmseg_zeroshot.visualization.style import line_style, new_figure, tidy

FEW = {'SPNet': {1: [20., 24.], 5: [30., 30.], 20: [41., None]},
       'baseline': {1: [10.], 5: [20.], 20: [np.nan]}}


@pytest.fixture
def drawn(monkeypatch):
    """Keep the figures that are written."""
    figures = []
    monkeypatch.setattr(curves, 'save_figure',
                        lambda path, figure, dpi: figures.append(figure))
    return figures


def test_lines_are_means_and_bands_are_deviations(drawn):
    save_curves('c.png', FEW, xlabel='n', log=True, mark=5)
    axes, = drawn[0].axes
    spnet, baseline, mark = axes.get_lines()
    assert spnet.get_xydata().tolist() == [[1, 22], [5, 30], [20, 41]]
    assert baseline.get_xydata().tolist() == [[1, 10], [5, 20]]
    assert mark.get_xdata() == [5, 5]
    band, = axes.collections  # the baseline's points are of single runs
    low, high = np.sort(band.get_paths()[0].vertices[:, 1])[[0, -1]]
    assert low == pytest.approx(22 - 8**.5)
    assert high == pytest.approx(41)
    assert [t.get_text() for t in axes.get_xticklabels()] == ['1', '5', '20']
    assert axes.get_xlabel() == 'n'
    assert [t.get_text() for t in axes.get_legend().get_texts()] == [
        'SPNet', 'baseline']


def test_a_long_legend_does_not_cover_the_lines(drawn):
    save_curves('c.png', {'a data set, a split and a score': {1: [3.]}},
                xlabel='n')
    axes, = drawn[0].axes
    drawn[0].canvas.draw()
    assert axes.get_legend().get_window_extent().y1 < axes.bbox.y0


def test_lines_differ_without_colour():
    looks = [line_style(i) for i in range(7)]
    assert len({(look['marker'], look['linestyle']) for look in looks}) == 7
    assert len({look['color'] for look in looks}) == 7


@pytest.mark.parametrize('data, log, message', [
    ({}, False, 'c.png: no curve has a point'),
    ({'a': {1: [None]}}, False, 'no curve has a point'),
    ({'a': {0: [3.]}}, True, 'no place for n = 0')])
def test_what_cannot_be_drawn_is_an_error(data, log, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_curves(tmp_path / 'c.png', data, xlabel='n', log=log)


def test_both_formats_and_no_other(tmp_path):
    figure = new_figure(2, 1)
    tidy(figure.add_subplot(), xlabel='size (pixels)', title='sizes')
    for name in ('a.png', 'a.svg', 'b.svg'):
        save_figure(tmp_path / name, figure, dpi=50)
    assert Image.open(tmp_path / 'a.png').size == (100, 50)
    svg = (tmp_path / 'a.svg').read_bytes()
    assert svg.startswith(b'<?xml')
    assert svg == (tmp_path / 'b.svg').read_bytes()
    with pytest.raises(ValueError, match=r'c.jpg: .* as .png or .svg'):
        save_figure(tmp_path / 'c.jpg', figure)
