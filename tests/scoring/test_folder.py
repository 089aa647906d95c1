"""Folders of label maps: pairs, ids, sizes, and all that is wrong at once."""
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot import ClassSplit, score_folder, zero_shot_scores
from mmseg_zeroshot.results import read_records, write_records
from mmseg_zeroshot.scoring.reading import Reading

from .files import CONFUSION, GUESS, SPLIT, TRUTH, both, folder, write


def score(guess, truth, split=SPLIT, **options):
    return score_folder(guess, truth, split, method='theirs', **options)


def test_scores_are_those_of_the_pixels(tmp_path):
    scored = score(*both(tmp_path), supervision='paper', seed=3, gamma=0.2,
                   dataset='Pets', variant=dict(n=5))
    assert scored.confusion.tolist() == CONFUSION
    record = scored.record
    assert record['generalised'] == zero_shot_scores(
        np.array(CONFUSION), SPLIT)
    assert [row['pixels'] for row in record['per_class']] == [4, 2, 3, 4]
    assert record['per_class'][3]['regions'] == 2
    assert record['vanilla'] is None
    assert {key: record[key] for key in (
        'method', 'dataset', 'split', 'supervision', 'background', 'absent',
        'seed', 'gamma', 'variant', 'inductive')} == dict(
            method='theirs', dataset='Pets', split='pets',
            supervision='paper', background='seen', absent='skip', seed=3,
            gamma=0.2, variant=dict(n=5), inductive=True)
    files = record['scored_files']
    assert (files['kind'], files['images'], files['partial'],
            files['resize']) == ('label maps', 3, False, None)
    assert len(files['truth']) == len(files['predictions']) == 64
    write_records(tmp_path / 'r.json', record)
    assert read_records(tmp_path / 'r.json') == [record]


def test_threads_and_order_change_nothing(tmp_path):
    many = {f'{i:02d}/x{i}': ids for i in range(7)
            for ids in [TRUTH['a'], TRUTH['b'], TRUTH['deep/c']][i % 3:]}
    sides = both(tmp_path, many, {name: np.where(ids == 255, 1, ids)
                                  for name, ids in many.items()})
    told = []
    one = score(*sides, jobs=1)
    two = score(*sides, jobs=2, progress=lambda *done: told.append(done))
    assert one.record == two.record
    assert told[-1] == (7, 7)


def test_digests_follow_names_and_contents(tmp_path):
    guess, truth = both(tmp_path)
    first = score(guess, truth).record['scored_files']
    write(guess / 'a.png', GUESS['a'].clip(0, 2))
    second = score(guess, truth).record['scored_files']
    assert first['truth'] == second['truth']
    assert first['predictions'] != second['predictions']


def test_a_zip_file_is_as_its_folder(tmp_path):
    guess, truth = both(tmp_path)
    packed = shutil.make_archive(tmp_path / 'g', 'zip', tmp_path, 'guess')
    assert score(packed, truth).record == score(guess, truth).record


@pytest.mark.parametrize('end, rules', [
    ('_leftImg8bit.png', ('_leftImg8bit.png', '_gt_labelTrainIds.png')),
    ('.png', ('.png', '_gt_labelTrainIds.png'))])
def test_endings_are_found_and_said(tmp_path, end, rules):
    guess = folder(tmp_path / 'g', GUESS, end)
    truth = folder(tmp_path / 't', TRUTH, '_gt_labelTrainIds.png')
    folder(truth, TRUTH, '_gt_color.png')
    scored = score(guess, truth)
    assert scored.confusion.tolist() == CONFUSION
    assert scored.notes[0] == (f'names: predictions end in {rules[0]}, label '
                               f'maps in {rules[1]}')


def test_endings_may_be_told(tmp_path):
    guess = both(tmp_path)[0]
    folder(guess, TRUTH, '_old.png')
    scored = score(guess, folder(tmp_path / 't', TRUTH, '_old_gt.png'),
                   read_predictions=Reading(suffix='.png'),
                   read_truth=Reading(suffix='_old_gt.png'), partial=True)
    assert scored.confusion.tolist() == CONFUSION


def test_folders_may_be_left_out_as_mmseg_does(tmp_path):
    _, truth = both(tmp_path)
    flat = folder(tmp_path / 'flat', {
        name.rpartition('/')[2]: ids for name, ids in GUESS.items()})
    scored = score(flat, truth)
    assert scored.confusion.tolist() == CONFUSION
    assert scored.notes[0].endswith('folders are left out')


def test_a_list_names_what_is_scored(tmp_path):
    guess, truth = both(tmp_path)
    scored = score(guess, truth, images=['b', 'c'])
    assert scored.confusion.sum() == 8
    assert scored.record['scored_files']['images'] == 2
    assert scored.record['scored_files']['partial'] is False


def test_everything_wrong_is_said_at_once(tmp_path):
    guess, truth = both(tmp_path)
    (guess / 'b.png').unlink()
    write(guess / 'a.png', np.array([[0, 9]]))
    write(guess / 'extra.png', np.array([[0]]))
    write(truth / 'deep/c.png', np.array([[2, 77, 3, 0]]))
    (truth / 'e.png').write_bytes(b'')
    write(guess / 'e.png', np.array([[0]]))
    with pytest.raises(ValueError) as error:
        score(guess, truth)
    text = str(error.value)
    assert text.startswith('nothing is scored:\n')
    for part in ('- predictions are missing (1): b\n',
                 '- predictions belong to no label map (1): extra.png\n',
                 'than their label map (1): a (2x1, its label map 3x2)\n',
                 'truth/e.png is empty\n', 'ids of label maps are outside '
                 'the class list (1): 77 in deep/c'):
        assert part in text


def test_the_first_ten_are_named_and_all_are_counted(tmp_path):
    guess, truth = both(tmp_path)
    folder(truth, {f'more{i:02d}': TRUTH['b'] for i in range(14)})
    with pytest.raises(ValueError) as error:
        score(guess, truth)
    assert '- predictions are missing (14): more00, ' in str(error.value)
    assert 'more09 and 4 more\n  --partial' in str(error.value)


def test_partial_scores_what_is_there_and_says_so(tmp_path):
    guess, truth = both(tmp_path)
    assert score(guess, truth, partial=True).record[
        'scored_files']['partial'] is False
    (guess / 'a.png').unlink()
    scored = score(guess, truth, partial=True)
    assert scored.confusion.sum() == 8
    assert scored.record['scored_files']['partial'] is True
    assert any(note.startswith('partial: 1 images') for note in scored.notes)


def test_two_files_of_one_image_are_an_error(tmp_path):
    flat = folder(tmp_path / 'flat', {'x/a': GUESS['a'], 'y/a': GUESS['a'],
                                      'x/b': GUESS['b']})
    labels = folder(tmp_path / 'labels', {'a': TRUTH['a'], 'b': TRUTH['b']})
    with pytest.raises(ValueError, match=r'more than one file \(2\): x/a.png'):
        score(flat, labels)


def test_sizes_are_an_error_or_resized(tmp_path):
    guess, truth = both(tmp_path)
    write(guess / 'b.png', GUESS['b'].repeat(2, 0).repeat(3, 1))
    with pytest.raises(ValueError, match=r'b \(6x4, its label map 2x2\)'):
        score(guess, truth)
    scored = score(guess, truth, resize='nearest')
    assert scored.confusion.tolist() == CONFUSION
    assert scored.record['scored_files']['resize'] == 'nearest'
    with pytest.raises(ValueError, match="resize must be one of .*'cubic'"):
        score(guess, truth, resize='cubic')


def test_classes_are_matched_by_name(tmp_path):
    order = [3, 0, 2, 1]
    guess, truth = both(tmp_path, guess={
        name: np.argsort(order)[ids] for name, ids in GUESS.items()})
    names = [SPLIT.classes[i] for i in order]
    scored = score(guess, truth, read_predictions=Reading(names))
    assert scored.confusion.tolist() == CONFUSION
    assert '1   background  background' in scored.notes[-1]
    turned = {name: np.where(ids == 255, 255, np.argsort(order)[ids % 255])
              for name, ids in TRUTH.items()}
    other = score(*both(tmp_path, turned), read_truth=Reading(names))
    assert other.confusion.tolist() == CONFUSION


@pytest.mark.parametrize('names, message', [
    (['background', 'cat', 'dog', 'cowe'], "class 'cowe'.*nearest.* cow"),
    (['background', 'cat', 'Cat', 'cow'], "'Cat' and 'cat' are both 'cat'"),
    (['sky', 'sea', 'cow'], '2 names of the predictions do not fit')])
def test_doubtful_names_are_an_error(tmp_path, names, message):
    with pytest.raises(ValueError, match=f'(?s){message}'):
        score(*both(tmp_path), read_predictions=Reading(names))


def test_the_split_of_another_data_set_is_noticed(tmp_path):
    with pytest.raises(ValueError, match='unseen .*sheep'):
        score(*both(tmp_path), split='voc12-spnet')
    small = ClassSplit(['background', 'cat', 'cow'], unseen=['cow'])
    folder(tmp_path / 'guess', {'b': np.array([[0, 1], [0, 0]])})
    with pytest.raises(ValueError, match='outside the class list'):
        score(*both(tmp_path), split=small)


def test_ignored_classes_are_neither_scored_nor_forgotten(tmp_path):
    split = ClassSplit(SPLIT.classes, unseen=['cow'], ignored=['dog'])
    scored = score(*both(tmp_path), split=split)
    assert scored.record['generalised'] == zero_shot_scores(
        np.array(CONFUSION), split)


def test_another_ignore_label(tmp_path):
    truth = {name: np.where(ids == 255, 99, ids)
             for name, ids in TRUTH.items()}
    with pytest.raises(ValueError, match='label maps are outside.*: 99 in a'):
        score(*both(tmp_path, truth))
    scored = score(*both(tmp_path, truth), read_truth=Reading(ignore_index=99))
    assert scored.confusion.tolist() == CONFUSION


def test_no_id_is_reduced_modulo_256(tmp_path):
    """847 classes: 3 and 259 are two of them, and so are 255 and 511."""
    split = ClassSplit([f'class {i}' for i in range(847)],
                       unseen=['class 259', 'class 846'])
    truth = np.array([[3, 259, 255, 511, 846, 65535, 300, 44]])
    guess = np.array([[3, 259, 511, 255, 846, 12, 44, 300]])
    scored = score(*both(tmp_path, dict(x=truth), dict(x=guess)), split=split)
    expected = np.zeros((847, 847), int)
    for t, p in zip(truth[0], guess[0]):
        if t != 65535:
            expected[t, p] += 1
    assert np.array_equal(scored.confusion, expected)
    folder(tmp_path / 'guess', dict(x=guess + 847))
    with pytest.raises(ValueError, match=r'class list \(8\): 1102 in'):
        score(tmp_path / 'guess', tmp_path / 'truth', split=split)


def test_places_that_are_no_label_maps(tmp_path):
    truth = both(tmp_path)[1]
    with pytest.raises(FileNotFoundError, match='no such file or folder'):
        score(tmp_path / 'nowhere', truth)
    (tmp_path / 'x.txt').write_text('a')
    with pytest.raises(ValueError, match='neither a folder nor a zip'):
        score(tmp_path / 'x.txt', truth)
    (tmp_path / 'empty').mkdir()
    with pytest.raises(ValueError, match='empty is empty, and no label maps'):
        score(tmp_path / 'empty', truth)
    folder(tmp_path / 'other', dict(z1=GUESS['a'], z2=GUESS['a']))
    with pytest.raises(ValueError, match='has the name of a label map'):
        score(tmp_path / 'other', truth)


def test_a_lossy_mask_is_refused(tmp_path):
    guess, truth = both(tmp_path)
    (guess / 'b.png').unlink()
    Image.fromarray(GUESS['b'].astype(np.uint8)).save(guess / 'b.jpg')
    with pytest.raises(ValueError, match=r'predictions are missing \(1\): b'):
        score(guess, truth)
    jpegs = tmp_path / 'jpegs'
    jpegs.mkdir()
    for name in 'ab':
        Image.fromarray(GUESS[name].astype(np.uint8)).save(
            jpegs / f'{name}.jpg')
    with pytest.raises(ValueError, match='a.jpg is of a lossy kind'):
        score(jpegs, truth, partial=True)


@pytest.mark.parametrize('name', [
    '../a.png', '/a.png', 'x/../../a.png', 'C:/a.png', '..\\a.png'])
def test_a_zip_file_that_leaves_its_folder(tmp_path, name):
    _, truth = both(tmp_path)
    with zipfile.ZipFile(tmp_path / 'g.zip', 'w') as file:
        file.writestr(zipfile.ZipInfo(name), b'')
    with pytest.raises(ValueError, match='a path that leaves the zip file'):
        score(tmp_path / 'g.zip', truth)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        'g.zip', 'guess', 'truth']


def test_a_damaged_zip_file(tmp_path):
    guess, truth = both(tmp_path)
    packed = shutil.make_archive(str(tmp_path / 'g'), 'zip', guess)
    data = bytearray((tmp_path / 'g.zip').read_bytes())
    place = data.index(b'a.png') + 20
    data[place] ^= 255
    (tmp_path / 'g.zip').write_bytes(data)
    with pytest.raises(ValueError, match='is damaged in the zip file'):
        score(packed, truth)


def test_hidden_files_do_not_count(tmp_path):
    guess, truth = both(tmp_path)
    (guess / '.DS_Store').write_bytes(b'x')
    write(guess / '__MACOSX/._a.png', GUESS['a'])
    write(truth / '.cache/a.png', GUESS['a'])
    assert score(guess, truth).confusion.tolist() == CONFUSION
