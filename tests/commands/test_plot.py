"""The plotting command line."""
import json
import re

import pytest

from mmseg_zeroshot.commands import plot
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.visualization import confusion_table, save_confusion_csv

from ..results.runs import record


@pytest.fixture
def runs(tmp_path):
    path = tmp_path / 'results.json'
    path.write_text(json.dumps([
        record(20. + n, variant=dict(n=n)) for n in (1, 5)]), 'utf-8')
    (tmp_path / 'zero_shot_results.json').write_text('{', 'utf-8')
    return tmp_path


def test_curves_in_both_formats(runs, capsys):
    out = runs / 'few'
    assert plot.main(['curves', str(runs), '--x', 'n', '--scores', 'hIoU',
                      'Unseen mIoU', '--log', '--out', str(out)]) == 0
    printed, errors = capsys.readouterr()
    assert printed == f'written to {out}.png\nwritten to {out}.svg\n'
    assert errors.count('skipped: ') == 1
    assert out.with_suffix('.png').stat().st_size > 5000
    assert b'<svg' in out.with_suffix('.svg').read_bytes()


@pytest.mark.parametrize('arguments, message', [
    (['--x', 'p'], "no run has a number 'p'"),
    (['--x', 'n', '--split', 'voc'], r'fit \(2 found\)'),
    (['--x', 'n', '--method', 'ALE'], r'fit \(2 found\)')])
def test_no_such_runs(arguments, message, runs, capsys):
    code = plot.main(['curves', str(runs / 'results.json'), *arguments])
    assert code == 1
    assert re.search(message, capsys.readouterr().err)


def test_gamma_and_confusion_beside_their_files(tmp_path):
    table = [dict(gamma=g, seen=dict(mIoU=50.), unseen=dict(mIoU=9.), hIoU=9.)
             for g in (0, .5)]
    curve = tmp_path / 'gamma_curve.json'
    curve.write_text(json.dumps(dict(split='a', role='b', table=table)))
    assert plot.main(['gamma', str(curve), '--formats', 'png']) == 0
    split = ClassSplit(['sky', 'cow'], unseen=['cow'])
    save_confusion_csv(tmp_path / 'confusion.csv',
                       confusion_table([[3, 1], [0, 2]], split))
    assert plot.main(['confusion', str(tmp_path / 'confusion.csv'),
                      '--title', 'x', '--formats', 'svg']) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        'gamma_curve.json', 'gamma_curve.png', 'confusion.csv',
        'confusion.svg'}


def test_a_missing_file(capsys):
    assert plot.main(['confusion', 'nowhere.csv']) == 1
    assert 'nowhere.csv' in capsys.readouterr().err
