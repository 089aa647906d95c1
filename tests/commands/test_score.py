"""Saved predictions become a table and a record."""
import json

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.commands import leaderboard, plot, score
from mmseg_zeroshot.results import read_records

from ..scoring.files import SPLIT, both


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Score the two folders of the test, with more options."""
    guess, truth = both(tmp_path)
    (tmp_path / 'pets.json').write_text(json.dumps(
        dict(classes=list(SPLIT.classes), unseen=['cow'])))
    monkeypatch.chdir(tmp_path)

    def run(*options):
        return score.main([str(guess), '--truth', str(truth), '--split',
                           'pets.json', '--method', 'of/others', *options])

    return run


def test_the_record_and_the_table(call, capsys):
    assert call() == 0
    out = capsys.readouterr().out
    assert 'names: predictions end in .png' in out
    assert 'of/others (strict), pets' in out and 'hIoU' in out
    path = 'work_dirs/score/of_others/zero_shot_results.json'
    assert out.endswith(f'written to {path}\n')
    record, = read_records(path)
    assert record['split'] == 'pets'
    assert f'{record["generalised"]["hIoU"]:.1f}' in out


def test_options_reach_the_record(call, tmp_path):
    (tmp_path / 'list.txt').write_text('a\ndeep/c\n')
    assert call(
        '--out', 'x/r.json', '--list', 'list.txt', '--supervision',
        'few-label', '--variant', 'n=5', '--seed', '2', '--gamma', '0.3',
        '--dataset', 'Pets', '--absent', 'zero', '--classes',
        'background,cat,dog,cow', '--jobs', '1') == 0
    record, = read_records('x/r.json')
    assert (record['variant'], record['seed'], record['gamma'],
            record['dataset'], record['absent'], record['supervision'],
            record['scored_files']['images']) == (
                dict(n=5), 2, 0.3, 'Pets', 'zero', 'few-label', 2)


def test_rows_reach_the_leaderboard(call, capsys):
    assert call() == 0
    assert leaderboard.main(['work_dirs/score', '--out', 'board']) == 0
    out = capsys.readouterr().out
    assert 'Scored from' in out and 'of/others' in out


def test_scores_give_a_curve_that_can_be_drawn(call, tmp_path, capsys):
    for path in (tmp_path / 'guess').rglob('*.png'):
        ids = np.asarray(Image.open(path))
        scores = np.arange(4)[:, None, None] == ids
        np.save(path.with_suffix('.npy'), 9 * scores.astype(np.float16))
        path.unlink()
    assert call() == 0
    out = capsys.readouterr().out
    assert 'predictions are scores of classes, float16 logits' in out
    place = 'work_dirs/score/of_others/gamma_curve.json'
    record, = read_records(
        'work_dirs/score/of_others/zero_shot_results.json')
    best = f'{record["generalised"]["hIoU"]:.1f}'
    assert (f'best gamma 0 (oracle): hIoU {best}; curve written to {place}'
            in out)
    assert plot.main(['gamma', place, '--out', 'drawn']) == 0


def test_files_of_classes_and_colours(call, tmp_path):
    (tmp_path / 'c.json').write_text('{"0": "background", "1": "cat", '
                                     '"2": "dog", "3": "cow"}')
    assert call('--classes', 'c.json', '--truth-classes', 'c.json') == 0
    (tmp_path / 'c.txt').write_text('\n'.join(
        f'{i} {i} {i} {name}' for i, name in enumerate(SPLIT.classes)))
    assert call('--palette', 'c.txt', '--out', 'colours.json') == 0
    first, = read_records('work_dirs/score/of_others/zero_shot_results.json')
    second, = read_records('colours.json')
    assert first == second


@pytest.mark.parametrize('options, message', [
    (['--palette', 'none.txt'], 'No such file'),
    (['--split', 'voc12-spent'], 'nearest known names are: voc12-spnet'),
    (['--split', 'list.json'], 'list.json is no split: a split is an object'),
    (['--split', 'none.json'], 'No such file'),
    (['--classes', 'cat,dog'], 'outside the class list'),
    (['--gamma', '3'], r'gamma must be in [0, 1], got 3.0'),
    (['--list', 'empty.txt'], 'empty.txt names no image')])
def test_what_does_not_fit_is_an_error(call, tmp_path, capsys, options,
                                       message):
    (tmp_path / 'list.json').write_text('["cat"]')
    (tmp_path / 'empty.txt').write_text('\n')
    assert call(*options) == 1
    err = capsys.readouterr().err
    assert err.startswith('error: ') and message in err
    assert not (tmp_path / 'work_dirs').exists()


def test_far_progress_is_told_in_lines(monkeypatch, capsys):
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(score.Pace.__init__.__globals__['time'], 'monotonic',
                        lambda: next(clock))
    lines = score._Lines()
    lines(2, 10)
    lines(4, 10)
    lines(10, 10)
    assert capsys.readouterr().err.splitlines() == [
        'scored 2 of 10 images, 32 s left', 'scored 4 of 10 images, 24 s left']


def test_a_sample_and_a_matrix(call, tmp_path, capsys):
    assert score.main(['--sample', 's', '--truth', 'truth', '--split',
                       'pets.json']) == 0
    assert capsys.readouterr().out == '3 predictions written to s\n'
    (tmp_path / 'c.csv').write_text('1,0,0,0\n0,1,0,0\n0,0,1,0\n0,0,1,1\n')
    assert score.main(['c.csv', '--split', 'pets.json', '--method', 'x']) == 0
    assert 'rows of the matrix are taken' in capsys.readouterr().out


@pytest.mark.parametrize('argv, message', [
    ([], 'name the predictions and --method, or use --sample'),
    (['g', '--method', 'x'], 'name the label maps by --truth'),
    (['--sample', 's'], 'name the label maps by --truth'),
    (['c.csv', '--method', 'x', '--truth', 't'], 'goes without --truth')])
def test_what_is_needed(argv, message, capsys):
    with pytest.raises(SystemExit):
        score.main([*argv, '--split', 'voc12-spnet'])
    assert message in capsys.readouterr().err
