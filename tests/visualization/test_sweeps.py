import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.visualization import (
    best_point,
    save_heat_map,
    save_sweep,
    sweep_rows,
)


def point(values, hiou):
    scores = {name: list(hiou)
              for name in ('hIoU', 'unseen mIoU', 'seen mIoU')}
    return dict(values=values, seeds=list(range(len(hiou))), scores=scores)


POINTS = [point(dict(tau=.5), [10., 12.]), point(dict(tau=.7), [14., 12.]),
          point(dict(tau=.9), [99.]), point(dict(tau=.95), [99., None])]


def test_best_is_the_highest_mean_of_complete_points():
    assert best_point(POINTS, 'hIoU') is POINTS[1]
    assert best_point(POINTS[3:], 'hIoU') is None


def test_rows_have_spread_role_and_star():
    header, *rows = sweep_rows(POINTS, POINTS[1], 'validation')
    assert header == ['tau', 'Role', 'Seeds', 'seen mIoU', 'unseen mIoU',
                      'hIoU', '']
    assert rows[1] == ['0.7', 'validation', '2', '13.0 ± 1.4', '13.0 ± 1.4',
                       '13.0 ± 1.4', '*']
    assert rows[2][-2:] == ['99.0', ''] and rows[3][-2:] == ['-', '']


@pytest.mark.parametrize('points', [
    POINTS[:2],
    [point(dict(kind='a'), [1.]), point(dict(kind='b'), [2.])],
    [point(dict(tau=t, gamma=g), [t + g]) for t in (1, 2) for g in (3, 4)],
    [point(dict(a=a, b=b, c=c), [a + b + c])
     for a in (1, 2) for b in (1, 2) for c in (1, 2)],
])
def test_every_grid_has_a_picture(points, tmp_path):
    path = tmp_path / 'sweep.png'
    save_sweep(path, points, best_point(points, 'hIoU'), score='hIoU',
               title='split (validation)')
    assert np.asarray(Image.open(path).convert('L')).std() > 10


def test_high_cells_are_dark(tmp_path):
    path = tmp_path / 'map.png'
    save_heat_map(path, [[0., 100.], [np.nan, 100.]], rows=['a', 'b'],
                  columns=['c', 'd'], xlabel='x', ylabel='y', mark=(0, 1))
    grey = np.asarray(Image.open(path).convert('L')).astype(int)
    left, right = np.array_split(grey, 2, axis=1)
    assert (right < 90).sum() > 10 * (left < 90).sum()


@pytest.mark.parametrize('values, message', [
    ([[1.]], r'shape \(1, 1\)'), ([[np.nan] * 2] * 2, 'no score')])
def test_maps_that_show_nothing(values, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_heat_map(tmp_path / 'x.png', values, rows=['a', 'b'],
                      columns=['c', 'd'], xlabel='x', ylabel='y')
