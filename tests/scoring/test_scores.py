"""Scores of classes: the numbers of the metric and the curve of a run."""
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from mmseg_zeroshot import ClassSplit, GammaCurve
from mmseg_zeroshot.evaluation import ZeroShotIoUMetric
from mmseg_zeroshot.scoring.reading import Reading
from mmseg_zeroshot.utils import MASKED_LOGIT, calibrated_prediction

from .files import SPLIT, folder
from .test_folder import score
from .test_light import ALONE

IGNORING = ClassSplit(SPLIT.classes, unseen=['cow'], ignored=['dog'],
                      name='pets')


@pytest.fixture(params=[SPLIT, IGNORING], ids=['all', 'ignored'])
def split(request):
    return request.param


@pytest.fixture
def truth():
    random = np.random.default_rng(1)
    return {name: random.choice([0, 1, 2, 3, 255], (17, 23))
            for name in ('a', 'b', 'c')}


@pytest.fixture
def logits(truth):
    """Right a little more often than by chance."""
    random = np.random.default_rng(0)
    right = {name: np.arange(4)[:, None, None] == ids
             for name, ids in truth.items()}
    return {name: (3 * random.normal(size=hits.shape) + 2 * hits
                   ).astype(np.float32) for name, hits in right.items()}


def arrays(root, scores):
    root.mkdir(parents=True, exist_ok=True)
    for name, values in scores.items():
        np.save(root / f'{name}.npy', values)
    return root


def of_a_run(split, logits, truth, gamma=0.):
    """What `mmseg-zeroshot test` writes of a network with such logits."""
    metric = ZeroShotIoUMetric()
    metric.dataset_meta = dict(split=split.to_dict())
    for name, values in logits.items():
        scores = torch.from_numpy(values.copy())
        scores[list(split.ignored_ids)] = MASKED_LOGIT
        decided = calibrated_prediction(scores, split.seen_ids, gamma)
        metric.process({}, [dict(
            pred_sem_seg=dict(data=decided[None]),
            gt_sem_seg=dict(data=torch.from_numpy(truth[name])[None]),
            seg_logits=dict(data=scores), img_path=name)])
    metric.evaluate(len(logits))
    return metric.record


@pytest.mark.parametrize('gamma', [0., 0.25, 0.123])
def test_all_numbers_are_those_of_a_run(tmp_path, split, logits, truth,
                                        gamma):
    scored = score(arrays(tmp_path / 'g', logits),
                   folder(tmp_path / 't', truth), split=split, gamma=gamma)
    run = of_a_run(split, logits, truth, gamma)
    assert {key: scored.record[key] for key in run} == run
    assert scored.record['vanilla']['unseen']['mIoU'] is not None
    assert scored.record['scored_files']['kind'] == 'float32 logits'


def test_the_curve_is_that_of_a_run(tmp_path, split, logits, truth):
    scored = score(arrays(tmp_path / 'g', logits),
                   folder(tmp_path / 't', truth), split=split)
    curve = GammaCurve(split)
    for name, values in logits.items():
        scores = torch.from_numpy(values.copy())
        scores[list(split.ignored_ids)] = MASKED_LOGIT
        curve.update_logits(scores, torch.from_numpy(truth[name]))
    assert scored.curve.table() == curve.table()
    assert scored.curve.area() == curve.area()


@pytest.mark.parametrize('kind', ['float16', 'float64'])
def test_other_precisions_and_their_name(tmp_path, logits, truth, kind):
    exact = {name: values.astype(np.float16) for name, values
             in logits.items()}
    labels = folder(tmp_path / 't', truth)
    scored = score(arrays(tmp_path / 'g', {
        name: values.astype(kind) for name, values in exact.items()}), labels)
    run = of_a_run(SPLIT, {name: values.astype(np.float32)
                           for name, values in exact.items()}, truth)
    assert scored.record['generalised'] == run['generalised']
    assert scored.record['scored_files']['kind'] == f'{kind} logits'


def test_probabilities(tmp_path, split, logits, truth):
    likely = {name: torch.from_numpy(values).softmax(0).numpy()
              for name, values in logits.items()}
    scored = score(arrays(tmp_path / 'g', likely),
                   folder(tmp_path / 't', truth), split=split, gamma=0.5)
    curve = GammaCurve(split)
    for name, values in likely.items():
        curve.update(values, truth[name])
    assert scored.record['scored_files']['kind'] == 'float32 probabilities'
    assert scored.confusion.tolist() == curve.confusion(0.5).tolist()
    assert scored.record['vanilla'] == of_a_run(
        split, logits, truth)['vanilla']


def test_columns_are_matched_by_name(tmp_path, logits, truth):
    order = [3, 1, 0, 2]
    labels = folder(tmp_path / 't', truth)
    plain = score(arrays(tmp_path / 'a', logits), labels).record
    turned = score(
        arrays(tmp_path / 'b', {name: values[order]
                                for name, values in logits.items()}), labels,
        read_predictions=Reading([SPLIT.classes[i] for i in order])).record
    for key in ('generalised', 'vanilla', 'per_class'):
        assert plain[key] == turned[key]


def test_a_class_without_a_column_is_never_predicted(tmp_path, logits, truth):
    scored = score(
        arrays(tmp_path / 'a', {name: values[:3]
                                for name, values in logits.items()}),
        folder(tmp_path / 't', truth),
        read_predictions=Reading(['background', 'cat', 'cow']))
    assert scored.confusion[:, 2].tolist() == [0] * 4
    assert re.search('dog +not in the list', scored.notes[-1])


def test_labels_from_one_are_found(tmp_path, logits, truth):
    up = {name: np.where(ids == 255, 0, ids + 1)
          for name, ids in truth.items()}
    guess = arrays(tmp_path / 'g', logits)
    one = score(guess, folder(tmp_path / 'one', up))
    zero = score(guess, folder(tmp_path / 'zero', truth))
    for key in ('generalised', 'vanilla', 'per_class'):
        assert one.record[key] == zero.record[key]
    assert one.curve.table() == zero.curve.table()


def test_resized_scores(tmp_path, logits, truth):
    guess = arrays(tmp_path / 'g', {
        name: values.repeat(2, 1).repeat(2, 2)
        for name, values in logits.items()})
    labels = folder(tmp_path / 't', truth)
    with pytest.raises(ValueError, match=r'a \(46x34, its label map 23x17\)'):
        score(guess, labels)
    scored = score(guess, labels, resize='nearest')
    assert scored.record['generalised'] == of_a_run(
        SPLIT, logits, truth)['generalised']


@pytest.mark.parametrize('change, message', [
    (lambda x: x.transpose(1, 2, 0), r'write array.transpose\(2, 0, 1\)'),
    (lambda x: x[:3], r'has the shape \(3, 17, 23\), .* of 4 classes'),
    (lambda x: np.full_like(x, np.nan), 'holds nan among the scores'),
    (lambda x: x.astype(int), 'holds int64 and no scores')])
def test_what_is_no_score(tmp_path, logits, truth, change, message):
    logits['b'] = change(logits['b'])
    with pytest.raises(ValueError, match=message):
        score(arrays(tmp_path / 'g', logits), folder(tmp_path / 't', truth))


def test_a_label_map_that_is_wrong_is_said_with_the_rest(tmp_path, logits,
                                                         truth):
    guess, labels = (arrays(tmp_path / 'g', logits),
                     folder(tmp_path / 't', truth))
    (labels / 'a.png').write_bytes(b'')
    (guess / 'b.npy').write_bytes(b'')
    with pytest.raises(ValueError) as error:
        score(guess, labels)
    assert str(error.value).count('is empty') == 2


def test_without_pytorch_there_is_all_but_the_curve(tmp_path, logits, truth,
                                                    repo_root):
    sides = [str(arrays(tmp_path / 'g', logits)),
             str(folder(tmp_path / 't', truth))]
    code = f"""
from mmseg_zeroshot import ClassSplit, score_folder
split = ClassSplit({list(SPLIT.classes)}, unseen=['cow'])
scored = score_folder(*{sides}, split, method='x')
print(scored.record['vanilla']['unseen'], scored.curve)
print(scored.notes[-1])
score_folder(*{sides}, split, method='x', gamma=0.3)
"""
    done = subprocess.run([sys.executable, '-c', ALONE + code],
                          cwd=repo_root, capture_output=True, text=True)
    run = of_a_run(SPLIT, logits, truth)
    assert done.stdout.splitlines() == [
        f'{run["vanilla"]["unseen"]} None',
        'predictions are scores of classes, float32 logits; no gamma curve, '
        'which needs PyTorch']
    assert 'pip install torch' in done.stderr
