"""Confusion matrices of others, and the sample submission."""
import numpy as np
import pytest

from mmseg_zeroshot import ClassSplit
from mmseg_zeroshot.scoring import score_matrix, write_sample
from mmseg_zeroshot.scoring.reading import Reading
from mmseg_zeroshot.visualization import save_confusion_csv
from mmseg_zeroshot.visualization.confusion_map import confusion_table

from .files import CONFUSION, SPLIT, TRUTH, both, folder
from .test_folder import score

PLAIN = '\n'.join(','.join(map(str, row)) for row in CONFUSION)


def write(path, text):
    path.write_text(text)
    return path


def test_a_matrix_has_the_scores_of_its_files(tmp_path):
    files = score(*both(tmp_path)).record
    np.save(tmp_path / 'c.npy', np.array(CONFUSION, float))
    save_confusion_csv(tmp_path / 'panels.csv',
                       confusion_table(CONFUSION, SPLIT))
    for path in (tmp_path / 'c.npy', write(tmp_path / 'c.csv', PLAIN),
                 tmp_path / 'panels.csv'):
        scored = score_matrix(path, SPLIT, method='theirs')
        assert scored.confusion.tolist() == CONFUSION
        assert scored.record['generalised'] == files['generalised']
        made = scored.record['scored_files']
        assert (made['kind'], made['images'], made['truth']) == (
            'confusion matrix', None, None)


def test_rows_are_matched_by_name(tmp_path):
    order = [3, 0, 2, 1]
    turned = np.array(CONFUSION)[np.ix_(order, order)]
    names = [SPLIT.classes[i] for i in order]
    rows = [f'{name},{",".join(map(str, row))}'
            for name, row in zip(names, turned)]
    named = write(tmp_path / 'n.csv', '\n'.join(
        [f'truth,{",".join(names)}', *rows]))
    np.save(tmp_path / 'c.npy', turned)
    for path, classes in ((named, None), (tmp_path / 'c.npy', names)):
        scored = score_matrix(path, SPLIT, method='x', classes=classes)
        assert scored.confusion.tolist() == CONFUSION


def test_ignored_classes_may_be_left_out(tmp_path):
    split = ClassSplit([*SPLIT.classes, 'sheep'], unseen=['cow'],
                       ignored=['sheep'])
    save_confusion_csv(tmp_path / 'c.csv', confusion_table(CONFUSION, SPLIT))
    scored = score_matrix(tmp_path / 'c.csv', split, method='x')
    assert scored.confusion[:4, :4].tolist() == CONFUSION


@pytest.mark.parametrize('text, message', [
    (PLAIN.replace('3', '-3', 1), 'it holds -3, and counts are at least 0'),
    (PLAIN.replace('3', '0.5', 1), 'it holds 0.5, and pixels are whole'),
    (PLAIN.replace('3', 'nan', 1), 'other things than finite numbers'),
    (PLAIN + '\n1,2,3,4', r'shape \(5, 4\) and is not square'),
    (PLAIN + '\n1,2', 'rows have unlike lengths'), ('', 'it is empty'),
    ('1,2\n3,4', 'has 2 rows for 4 classes'),
    ('x,cat,dog\ndog,1,2\ncat,3,4', 'rows must be named as the columns'),
    ('x,cat,bear\ncat,1,2\nbear,3,4', "unknown class 'bear'"),
    (PLAIN.replace('1,1,0,2', '0,0,0,0'), 'no pixel .*: unseen .cow')])
def test_what_is_no_matrix(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        score_matrix(write(tmp_path / 'c.csv', text), SPLIT, method='x')


def test_the_sample_is_valid(tmp_path):
    truth = folder(tmp_path / 't', TRUTH, '_gt.png')
    number = write_sample(tmp_path / 's', truth, SPLIT,
                          Reading(suffix='_gt.png'))
    assert number == 3
    assert (tmp_path / 's/classes.txt').read_text().split() == list(
        SPLIT.classes)
    scored = score(tmp_path / 's', truth)
    assert scored.confusion[:, 0].tolist() == [4, 2, 3, 4]
    with pytest.raises(FileExistsError, match='is not empty'):
        write_sample(tmp_path / 's', truth, SPLIT)
