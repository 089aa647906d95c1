"""Zero-shot image classification, from two files to the table."""
import json

import numpy as np
import pytest

from mmseg_zeroshot.commands import zsl_classification

from ..classification.mat_files import contents, write

FAST = ['--lr', '0.01', '--batch-size', '64', '--epochs', '25']


def run(folder, files, *more):
    """Run the tool; its exit code and its records."""
    paths = write(folder, *files)
    out = folder / 'out'
    code = zsl_classification.main(
        [*paths, '--out', str(out), '--name', 'toys', *FAST, *more])
    return code, json.loads((out / 'results.json').read_text())


@pytest.fixture(scope='module')
def toys(tmp_path_factory):
    folder = tmp_path_factory.mktemp('toys')
    code, records = run(folder, contents(), '--seeds', '0', '1')
    assert code == 0
    return folder / 'out', records


def test_unseen_classes_are_named_by_their_attributes(toys):
    _, records = toys
    assert [(r['method'], r['seed']) for r in records] == [
        ('SPNet', 0), ('SPNet', 1), ('ALE', 0), ('ALE', 1)]
    for record in records:
        assert (record['dataset'], record['supervision']) == ('toys', 'strict')
        assert record['chosen_on'] == 'validation classes'
        assert record['zsl'] > 85  # a third by chance
        assert record['gzsl']['seen'] > 80
        assert 0 < record['calibrated']['gamma'] < 1
        assert record['calibrated']['unseen'] > record['gzsl']['unseen']
        seen, unseen = (record['calibrated'][k] for k in ('seen', 'unseen'))
        assert record['calibrated']['harmonic'] == pytest.approx(
            2 * seen * unseen / (seen + unseen))
        assert 1 <= record['epochs'] <= 25 and record['lr'] == .01


def test_the_table_and_the_pictures_are_written(toys):
    out, records = toys
    lines = (out / 'results.md').read_text().splitlines()
    assert lines[0] == 'toys: top-1 per class in percent, supervision strict'
    spnet = lines[4].split(' | ')
    values = [r['zsl'] for r in records[:2]]
    assert spnet[:2] == ['| SPNet', '2']
    assert spnet[2] == f'{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}'
    for loss in ('spnet', 'ale'):
        assert (out / f'{loss}_gamma.png').stat().st_size > 5000


def test_unseen_labels_change_the_score_only(tmp_path, toys):
    """Other features and labels of unseen images choose and train the same."""
    features, splits = contents()
    places = splits['test_unseen_loc'].ravel().astype(int) - 1
    labels = features['labels'].ravel()
    labels[places] = np.roll(labels[places], 1)
    features['features'][:, places] *= -3
    _, records = run(tmp_path, (features, splits), '--loss', 'spnet')
    want = toys[1][0]
    assert records[0]['zsl'] != want['zsl']
    for key in ('epochs', 'lr', 'validation_zsl'):
        assert records[0][key] == want[key]
    assert records[0]['calibrated']['gamma'] == want['calibrated']['gamma']


def test_the_learning_rate_is_chosen(tmp_path):
    _, records = run(tmp_path, contents(), '--loss', 'spnet', '--lr', '1e-7',
                     '0.01')
    assert records[0]['lr'] == .01


@pytest.mark.parametrize('options, message', [
    (['--epochs', '0'], '--epochs must be at least 1, got 0'),
    (['--batch-size', '-5'], '--batch-size must be at least 1'),
    (['--lr', '0'], '--lr must be positive'),
    (['--lr', 'nan'], '--lr must be positive'),
    (['--seeds', '1', '1'], '--seeds names one twice'),
    (['--loss', 'hinge'], 'invalid choice'),
])
def test_wrong_options_are_errors(options, message, capsys):
    with pytest.raises(SystemExit):
        zsl_classification.main(['a.mat', 'b.mat', *options])
    assert message in capsys.readouterr().err


def test_wrong_files_are_errors(tmp_path, capsys):
    assert zsl_classification.main(['a.mat', 'b.mat']) == 1
    assert 'error: no such file: a.mat' in capsys.readouterr().err
    features, splits = contents()
    del splits['att']
    paths = write(tmp_path, features, splits)
    assert zsl_classification.main([*paths]) == 1
    assert 'att_splits.mat has no att' in capsys.readouterr().err


def test_one_image_a_class_cannot_be_scored(tmp_path, capsys):
    features, splits = contents()
    labels = features['labels'].ravel()
    train = splits['train_loc'].ravel().astype(int) - 1
    first = np.unique(labels[train], return_index=True)[1]
    splits['train_loc'] = np.sort(train[first]).reshape(-1, 1) + 1.
    splits['trainval_loc'] = np.union1d(
        splits['train_loc'], splits['val_loc']).reshape(-1, 1)
    splits['test_seen_loc'] = np.setdiff1d(
        splits['test_seen_loc'], splits['trainval_loc']).reshape(-1, 1)
    paths = write(tmp_path, features, splits)
    assert zsl_classification.main([*paths]) == 1
    assert 'train_loc has too few images per class' in capsys.readouterr().err
