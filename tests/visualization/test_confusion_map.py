"""Confusion tables: order, file, shares, picture."""
import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.visualization import (
    confusion_map,
    confusion_table,
    read_confusion_csv,
    save_confusion_csv,
    save_confusion_map,
)
from mmseg_zeroshot.visualization.confusion_map import group_shares

SPLIT = ClassSplit(['sky', 'cat', 'car', 'dog', 'cow'],
                   unseen=['cat', 'cow'], ignored=['car'])
COUNTS = np.array([[50, 10, 3, 20, 20],
                   [30, 60, 3, 10, 0],
                   [9, 9, 9, 9, 9],
                   [0, 0, 3, 0, 0],
                   [60, 0, 3, 0, 40]])


@pytest.fixture
def table():
    return confusion_table(COUNTS, SPLIT)


def test_seen_classes_come_first_and_ignored_ones_nowhere(table):
    assert table.classes == ('sky', 'dog', 'cat', 'cow')
    assert table.groups == ('seen', 'seen', 'unseen', 'unseen')
    assert table.counts.tolist() == [
        [50, 20, 10, 20], [0, 0, 0, 0], [30, 10, 60, 0], [60, 0, 0, 40]]
    with pytest.raises(ValueError, match=r'\(2, 2\), but split .* has 5'):
        confusion_table(np.eye(2), SPLIT)


def test_shares_that_leave_their_group(table):
    assert group_shares(table) == {
        ('seen', 'seen'): 70, ('seen', 'unseen'): 30,
        ('unseen', 'seen'): 50, ('unseen', 'unseen'): 50}


def test_tables_survive_their_file(table, tmp_path):
    path = tmp_path / 'confusion.csv'
    save_confusion_csv(path, table)
    assert path.read_text('utf-8').splitlines()[:2] == [
        'truth,group,sky,dog,cat,cow', 'sky,seen,50,20,10,20']
    again = read_confusion_csv(path)
    assert again[:2] == table[:2]
    assert (again.counts == table.counts).all()


@pytest.mark.parametrize('text', [
    '', 'a,b\n', 'truth,group,sky\nsky,seen,many\n',
    'truth,group,sky\nsky,maybe,3\n', 'truth,group,sea\nsky,seen,3\n',
    'truth,group,sky,dog\nsky,seen,3\ndog,seen,3,4\n',
    'truth,group,sky\nsky,seen,-3\n'])
def test_other_files_are_errors(text, tmp_path):
    path = tmp_path / 'x.csv'
    path.write_text(text, 'utf-8')
    with pytest.raises(ValueError, match='x.csv is no confusion table'):
        read_confusion_csv(path)


def test_the_map_shows_shares_of_the_truth(table, monkeypatch):
    figures = []
    monkeypatch.setattr(confusion_map, 'save_figure',
                        lambda path, figure, dpi: figures.append(figure))
    save_confusion_map('c.png', table, title='ours')
    axes = figures[0].axes[0]
    image, = axes.get_images()
    shown = image.get_array()
    assert shown[2].tolist() == [30, 10, 60, 0]
    assert shown.mask[1].all()  # dog has no pixel
    assert 'unseen pixels to seen' in axes.get_xlabel()
    assert '30.0 % of seen pixels' in axes.get_xlabel()
    assert [t.get_text() for t in axes.get_yticklabels()] == [
        'sky', 'dog', 'cat ★', 'cow ★']
    numbers = {t.get_text() for t in axes.texts}
    assert {'60', '40'} <= numbers and '0' not in numbers


def test_many_classes_are_named_by_group(tmp_path, monkeypatch):
    split = ClassSplit([f'c{i}' for i in range(90)],
                       unseen=[f'c{i}' for i in range(80, 90)])
    figures = []
    monkeypatch.setattr(confusion_map, 'save_figure',
                        lambda path, figure, dpi: figures.append(figure))
    save_confusion_map('c.png', confusion_table(np.eye(90), split))
    axes = figures[0].axes[0]
    assert [t.get_text() for t in axes.get_xticklabels()] == ['seen', 'unseen']
    assert axes.get_xticks().tolist() == [39.5, 84.5]


def test_the_file_and_the_empty_matrix(table, tmp_path):
    save_confusion_map(tmp_path / 'c.png', table, dpi=40)
    assert min(Image.open(tmp_path / 'c.png').size) > 100
    with pytest.raises(ValueError, match='c.svg: .* counts no pixel'):
        save_confusion_map(tmp_path / 'c.svg', confusion_table(
            np.zeros((5, 5)), SPLIT))
