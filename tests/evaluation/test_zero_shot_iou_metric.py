"""The metric, alone, in a runner's evaluator and in several processes."""
import json

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.structures import PixelData
from mmseg.registry import METRICS
from mmseg.structures import SegDataSample
from PIL import Image
from scipy import ndimage
from torch import multiprocessing

from mmseg_zeroshot.evaluation import (
    ZeroShotIoUMetric,
    confusion_matrix,
    zero_shot_scores,
)
from mmseg_zeroshot.evaluation.scores import background_rule
from mmseg_zeroshot.evaluation.zero_shot_iou_metric import repeats_last
from mmseg_zeroshot.semantics import ClassSplit

SPLIT = ClassSplit(
    ['background', 'cow', 'dog', 'cat', 'tree'], unseen=['cow', 'cat'],
    ignored=['tree'], name='pets')


def make_sample(seed, size=(6, 7), logits=True):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn((5, *size), generator=generator)
    scores[4] = -1e4
    label = torch.randint(0, 5, size, generator=generator)
    label[0, 0] = 255
    sample = SegDataSample(metainfo=dict(img_path=f'images/{seed}.jpg'))
    sample.gt_sem_seg = PixelData(data=label[None])
    sample.pred_sem_seg = PixelData(data=scores.argmax(0)[None])
    if logits:
        sample.set_data(dict(seg_logits=PixelData(data=scores)))
    return sample


def counts_of(samples, split=SPLIT):
    """The two matrices by loops over pixels."""
    generalised, vanilla = np.zeros((2, 5, 5), dtype=int)
    for sample in samples:
        label = sample.gt_sem_seg.data[0].numpy()
        logits = sample.seg_logits.data.numpy()
        prediction = sample.pred_sem_seg.data[0].numpy()
        for place in np.ndindex(label.shape):
            truth = label[place]
            if truth == 255 or truth in split.ignored_ids:
                continue
            generalised[truth, prediction[place]] += 1
            if truth in split.unseen_ids:
                ids = list(split.unseen_ids)
                scores = logits[ids][:, place[0], place[1]]
                vanilla[truth, ids[scores.argmax()]] += 1
    return generalised, vanilla


def make_metric(split=SPLIT, **arguments):
    metric = ZeroShotIoUMetric(**arguments)
    metric.dataset_meta = dict(classes=split.classes, split=split.to_dict())
    return metric


def process(metric, samples):
    metric.process(None, [sample.to_dict() for sample in samples])


def test_scores_of_both_settings_in_one_pass():
    samples = [make_sample(seed, (5 + seed, 6)) for seed in range(3)]
    metric = METRICS.build(dict(type='ZeroShotIoUMetric'))
    evaluator = Evaluator(metric)
    evaluator.dataset_meta = dict(split=SPLIT.to_dict())
    for sample in samples:
        evaluator.process([sample])
    flat = evaluator.evaluate(3)
    generalised, vanilla = counts_of(samples)
    np.testing.assert_array_equal(metric.confusion, generalised)
    want = zero_shot_scores(generalised, SPLIT)
    assert metric.record['generalised'] == want
    assert flat['hIoU'] == want['hIoU']
    assert flat['unseen_mIoU'] == want['unseen']['mIoU']
    assert flat['seen_PA'] == want['seen']['PA']
    # Only unseen classes compete, on their own pixels.
    hits, rows = np.diagonal(vanilla)[[1, 3]], vanilla.sum(1)[[1, 3]]
    columns = vanilla.sum(0)[[1, 3]]
    iou = 100 * (hits / (rows + columns - hits)).mean()
    assert metric.record['vanilla']['unseen']['mIoU'] == pytest.approx(iou)
    assert flat['vanilla_unseen_mIoU'] == pytest.approx(iou)
    assert 'only unseen classes compete' in metric.record['vanilla_rule']
    assert metric.record['vanilla']['seen']['PA'] is None


def test_record_describes_itself_in_strict_json():
    metric = make_metric()
    process(metric, [make_sample(0)])
    metric.evaluate(1)
    record = json.loads(json.dumps(metric.record, allow_nan=False))
    assert record['background'] == 'seen'
    assert record['split'] == 'pets'
    assert record['absent'] == 'skip'
    rows = record['per_class']
    assert [row['group'] for row in rows] == [
        'seen', 'unseen', 'seen', 'unseen', 'ignored']
    assert rows[4]['IoU'] is None and rows[4]['pixels'] == 0
    assert 'regions' not in rows[0] and 'vanilla_IoU' not in rows[0]
    assert sum(row['pixels'] for row in rows) == metric.confusion.sum()


def test_unseen_classes_have_their_vanilla_iou_and_regions():
    samples = [make_sample(seed) for seed in range(2)]
    metric = make_metric()
    process(metric, samples)
    metric.evaluate(2)
    vanilla = counts_of(samples)[1]
    eight = np.ones((3, 3))
    for index in SPLIT.unseen_ids:
        row = metric.record['per_class'][index]
        hits = vanilla[index, index]
        union = vanilla[index].sum() + vanilla[:, index].sum() - hits
        assert row['vanilla_IoU'] == pytest.approx(100 * hits / union)
        assert row['regions'] == sum(
            ndimage.label(s.gt_sem_seg.data[0].numpy() == index, eight)[1]
            for s in samples)


def test_memory_does_not_grow_and_epochs_do_not_mix():
    metric = make_metric()
    for epoch in range(2):
        process(metric, [make_sample(seed) for seed in range(epoch, 4)])
        assert metric.results == []
        metric.evaluate(4 - epoch)
        samples = [make_sample(seed) for seed in range(epoch, 4)]
        np.testing.assert_array_equal(
            metric.confusion, counts_of(samples)[0])


def test_without_logits_there_is_no_vanilla_score():
    metric = make_metric()
    process(metric, [make_sample(0), make_sample(1, logits=False)])
    flat = metric.evaluate(2)
    assert metric.record['vanilla'] is None
    assert '1 samples came without seg_logits' in metric.record[
        'vanilla_rule']
    assert 'vanilla_unseen_mIoU' not in flat and 'hIoU' in flat


def test_supervised_split_has_seen_scores_only():
    split = ClassSplit.supervised(SPLIT.classes, ignored=['tree'])
    metric = make_metric(split)
    process(metric, [make_sample(0)])
    flat = metric.evaluate(1)
    assert metric.record['generalised']['unseen'] == dict(
        PA=None, MA=None, mIoU=None)
    assert metric.record['generalised']['hIoU'] is None
    assert metric.record['vanilla'] is None
    assert flat['seen_mIoU'] == flat['overall_mIoU']
    assert 'hIoU' not in flat


def test_prefix_is_put_before_the_names():
    metric = make_metric(prefix='val')
    process(metric, [make_sample(0)])
    assert 'val/hIoU' in metric.evaluate(1)


def test_predictions_are_written_as_png(tmp_path):
    # As mmseg-zeroshot test --out sets the two.
    metric = make_metric(
        output_dir=str(tmp_path / 'out'), keep_results=True)
    sample = make_sample(7)
    process(metric, [sample])
    metric.evaluate(1)
    assert [p.name for p in (tmp_path / 'out').iterdir()] == ['7.png']
    ids = np.array(Image.open(tmp_path / 'out/7.png'))
    np.testing.assert_array_equal(ids, sample.pred_sem_seg.data[0])


def test_predictions_of_sub_folders_are_kept_apart(tmp_path):
    metric = make_metric(output_dir=str(tmp_path))
    samples = [make_sample(seed) for seed in range(2)]
    for folder, sample in zip('xy', samples):
        sample.set_metainfo(dict(img_path=f'images/{folder}/1.jpg'))
    process(metric, samples)
    metric.evaluate(2)
    for folder, sample in zip('xy', samples):
        np.testing.assert_array_equal(
            np.array(Image.open(tmp_path / folder / '1.png')),
            sample.pred_sem_seg.data[0])


def test_label_of_another_size_is_an_error():
    sample = make_sample(3)
    sample.gt_sem_seg = PixelData(
        data=torch.zeros(1, 12, 14, dtype=torch.long))
    with pytest.raises(ValueError, match=r'images/3.jpg.*\(6, 7\).*\(12, 14'):
        process(make_metric(), [sample])


def test_logits_of_another_size_are_an_error():
    sample = make_sample(3)
    sample.seg_logits = PixelData(data=torch.zeros(5, 3, 3))
    with pytest.raises(ValueError, match=r'seg_logits is \(5, 3, 3\)'):
        process(make_metric(), [sample])


@pytest.mark.parametrize('split', [
    SPLIT, ClassSplit.supervised(SPLIT.classes)])
@pytest.mark.parametrize('place', [(0, 0, 0), (4, 5, 6), (2, 3, 3)])
def test_a_single_nan_is_refused(place, split):
    sample = make_sample(0)
    sample.seg_logits.data[place] = torch.nan
    metric = make_metric(split)
    with pytest.raises(ValueError, match=r'images/0\.jpg: .* NaN.*weights'):
        process(metric, [sample])


def test_label_outside_the_classes_is_an_error():
    sample = make_sample(3)
    sample.gt_sem_seg.data[0, 2, 2] = 9
    with pytest.raises(ValueError, match='images/3.jpg: label id 9'):
        process(make_metric(), [sample])


def test_data_without_a_split_is_an_error():
    metric = ZeroShotIoUMetric()
    metric.dataset_meta = dict(classes=SPLIT.classes)
    with pytest.raises(ValueError, match='ZeroShotDataset'):
        process(metric, [make_sample(0)])


def test_unknown_absent_rule_is_an_error():
    with pytest.raises(ValueError, match="'skip' or 'zero', got 'nan'"):
        ZeroShotIoUMetric(absent='nan')


def test_more_samples_than_the_data_set_has_is_an_error():
    metric = make_metric()
    process(metric, [make_sample(0), make_sample(0)])
    with pytest.raises(ValueError, match='2 samples were processed.*has 1'):
        metric.evaluate(1)


@pytest.mark.parametrize('size', range(1, 9))
@pytest.mark.parametrize('world', [1, 2, 3, 4])
def test_the_repeated_samples_are_those_of_the_default_sampler(size, world):
    total = -(-size // world) * world
    indices = (list(range(size)) * world)[:total]
    dealt = [indices[rank:total:world] for rank in range(world)]
    drop = repeats_last([len(part) for part in dealt], size)
    kept = [i for part, repeated in zip(dealt, drop)
            for i in (part[:-1] if repeated else part)]
    assert sorted(kept) == list(range(size))


def test_uneven_surplus_is_an_error():
    with pytest.raises(ValueError, match='5 samples were processed'):
        repeats_last([3, 2], 4)
    assert repeats_last([3, 2], 5) == [False, False]


@pytest.mark.parametrize('groups, rule', [
    (dict(unseen=['cow']), 'seen'),
    (dict(unseen=['cow'], ignored=['background']), 'ignored'),
    (dict(unseen=['background']), 'unseen')])
def test_background_rule(groups, rule):
    assert background_rule(ClassSplit(SPLIT.classes, **groups)) == rule
    assert background_rule(ClassSplit(['a', 'b'], unseen=['b'])) == 'none'


SIZES = (1, 4, 5)  # with two processes: one idle, even, a padded round


def _evaluate_parts(rank, world, folder):
    """One process of some distributed evaluations."""
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{folder}/store', rank=rank,
        world_size=world)
    metric = make_metric()
    for size in SIZES:
        total = -(-size // world) * world
        indices = (list(range(size)) * world)[:total][rank:total:world]
        process(metric, [make_sample(seed) for seed in indices])
        metric.evaluate(size)
        # Every process has the whole result, not only the first.
        np.save(f'{folder}/{size}-{rank}.npy', metric.confusion)
        with open(f'{folder}/{size}-{rank}.json', 'w') as file:
            json.dump(metric.record, file)
    torch.distributed.destroy_process_group()


def test_two_processes_score_as_one(tmp_path):
    multiprocessing.spawn(_evaluate_parts, (2, str(tmp_path)), nprocs=2)
    for size in SIZES:
        metric = make_metric()
        samples = [make_sample(seed) for seed in range(size)]
        process(metric, samples)
        metric.evaluate(size)
        for rank in (0, 1):
            np.testing.assert_array_equal(
                np.load(tmp_path / f'{size}-{rank}.npy'),
                counts_of(samples)[0])
            record = json.loads(
                (tmp_path / f'{size}-{rank}.json').read_text())
            assert record == metric.record


def test_accumulated_matrix_is_the_sum_of_the_images():
    samples = [make_sample(seed) for seed in range(4)]
    metric = make_metric()
    process(metric, samples)
    metric.evaluate(4)
    want = 0
    for sample in samples:
        label = sample.gt_sem_seg.data.clone()
        label[label == 4] = 255
        want += confusion_matrix(sample.pred_sem_seg.data, label, 5)
    np.testing.assert_array_equal(metric.confusion, want)
