"""847 classes through data set, training, metric, files and scoring."""
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner import Runner
from PIL import Image

from mmseg_zeroshot.commands import score
from mmseg_zeroshot.commands import test as test_command
from mmseg_zeroshot.evaluation import ZeroShotIoUMetric
from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.scoring.label_maps import read_image
from mmseg_zeroshot.semantics import build_split

from .tiny_wide import (
    CLASSES,
    HIDDEN_IDS,
    NO_LABEL,
    NUM,
    SPLIT,
    UNSEEN_IDS,
    spnet,
    write_folder,
    write_words,
)


@pytest.fixture(scope='module')
def words(tmp_path_factory) -> str:
    return write_words(tmp_path_factory.mktemp('words') / 'words.npz')


def train(root: Path, words: str, work_dir: Path) -> Runner:
    runner = Runner.from_cfg(spnet(root, words, work_dir))
    runner.train()
    return runner


def test_trained_saved_and_scored(tmp_path, words):
    """The metric and the scores of the written files are the same."""
    labels = write_folder(tmp_path / 'data')
    work = tmp_path / 'work'
    runner = train(tmp_path / 'data', words, work)
    trained = json.loads((work / 'zero_shot_results.json').read_text())
    head = runner.model.decode_head
    assert head.ignore_index == head.host.ignore_index == NO_LABEL
    assert runner.model.auxiliary_head.ignore_index == NO_LABEL
    assert runner.model.data_preprocessor.seg_pad_val == NO_LABEL
    hidden = np.isin(np.stack(labels), [*HIDDEN_IDS, NO_LABEL])
    counted = {row['class']: row['pixels'] for row in trained['per_class']}
    assert sum(counted.values()) == (~hidden).sum()
    for class_id in (44, 255, 256, 300, 512, 846):
        assert counted[CLASSES[class_id]] == (
            np.stack(labels) == class_id).sum() > 0

    config = work / 'wide.py'
    runner.cfg.dump(str(config))
    out = tmp_path / 'predictions'
    test_command.main([str(config), str(work / 'iter_2.pth'),
                       '--work-dir', str(work), '--out', str(out)])
    files = sorted(out.glob('*.png'))
    assert len(files) == 4
    maps = [read_image(path.read_bytes()) for path in files]
    assert max(int(ids.max()) for ids in maps) > 255
    assert same_scores(score_files(tmp_path, out), trained)


def score_files(root: Path, predictions: Path) -> dict:
    """Score files with the command; return its record."""
    split = root / 'split.json'
    split.write_text(json.dumps(SPLIT))
    record = root / 'scored/zero_shot_results.json'
    assert score.main([
        str(predictions), '--truth', str(root / 'data/ann'), '--split',
        str(split), '--method', 'SPNet', '--out', str(record),
        '--first-id', '0', '--truth-first-id', '0']) == 0
    return json.loads(record.read_text())


def same_scores(one: Mapping, other: Mapping) -> bool:
    """Compare what label maps give: these have no vanilla scores."""
    rows = [[{key: value for key, value in row.items()
              if key != 'vanilla_IoU'} for row in record['per_class']]
            for record in (one, other)]
    return rows[0] == rows[1] and one['generalised'] == other['generalised']


def test_metric_and_command_count_every_class(tmp_path):
    """Half of the pixels are right, others are right modulo 256 alone."""
    labels = write_folder(tmp_path / 'data')
    rng = np.random.default_rng(2)
    out = tmp_path / 'predictions'
    metric = ZeroShotIoUMetric(output_dir=str(out))
    metric.dataset_meta = dict(split=build_split(SPLIT).to_dict())
    assert metric.ignore_index == NO_LABEL
    matrix = np.zeros((NUM, NUM), np.int64)
    for i, label in enumerate(labels):
        other = (label.astype(int) + 256) % 768
        guess = np.where(rng.random(label.shape) < .5, label % 847, other)
        scored = ~np.isin(label, [*HIDDEN_IDS, NO_LABEL])
        np.add.at(matrix, (label[scored], guess[scored]), 1)
        metric.process({}, [dict(
            img_path=str(tmp_path / f'data/img/a{i}.png'),
            pred_sem_seg=dict(data=torch.from_numpy(guess)[None]),
            gt_sem_seg=dict(data=torch.from_numpy(label.astype(int))[None]))])
    metric.evaluate(len(labels))
    assert np.array_equal(metric.confusion, matrix)
    assert 30 < metric.record['generalised']['unseen']['PA'] < 70
    counted = json.loads(json.dumps(metric.record))
    assert same_scores(score_files(tmp_path, out), counted)


def poison(root: Path) -> int:
    """Shift every pixel of an unseen class to the next unseen class."""
    changed = 0
    after = dict(zip(UNSEEN_IDS, (*UNSEEN_IDS[1:], UNSEEN_IDS[0])))
    for path in (root / 'ann').iterdir():
        label = np.asarray(Image.open(path)).astype(np.uint16)
        new = label.copy()
        for one, other in after.items():
            new[label == one] = other
        changed += int((new != label).sum())
        Image.fromarray(new).save(path)
    return changed


def test_poisoned_unseen_labels_leave_training_bit_identical(tmp_path, words):
    root = tmp_path / 'data'
    write_folder(root)
    clean = train(root, words, tmp_path / 'clean').model.state_dict()
    assert poison(root) > 100
    poisoned = train(root, words, tmp_path / 'poisoned').model.state_dict()
    assert clean.keys() == poisoned.keys()
    assert [key for key in clean
            if not torch.equal(clean[key], poisoned[key])] == []


def test_a_head_that_ignores_an_id_of_its_own_is_refused(tmp_path, words):
    write_folder(tmp_path / 'data', 1)
    cfg = spnet(tmp_path / 'data', words, tmp_path)
    cfg.model.decode_head.host.ignore_index = 1000
    with pytest.raises(ValueError, match=(
            'FCNHead has ignore_index=1000, but label maps of 847 classes '
            'have 65535')):
        Runner.from_cfg(cfg)


def test_a_plain_network_that_ignores_class_255_is_refused(tmp_path, words):
    write_folder(tmp_path / 'data', 2)
    cfg = spnet(tmp_path / 'data', words, tmp_path)
    cfg.model.type = 'EncoderDecoder'
    cfg.model.decode_head = dict(cfg.model.decode_head.host, num_classes=NUM)
    with pytest.raises(ValueError, match=(
            r'model.data_preprocessor \(SegDataPreProcessor\) has '
            "seg_pad_val=255, which is the id of class 'class 255'")):
        Runner.from_cfg(cfg).train()
    cfg.model.data_preprocessor.seg_pad_val = NO_LABEL
    for head in (cfg.model.decode_head, cfg.model.auxiliary_head):
        with pytest.raises(ValueError, match=r'\(FCNHead\) has ignore_index'):
            Runner.from_cfg(cfg).train()
        head.ignore_index = NO_LABEL
    Runner.from_cfg(cfg).train()


def test_the_plain_network_of_an_experiment_is_set_right(tmp_path, words):
    cfg = spnet(tmp_path / 'data', words, tmp_path)
    cfg.model.decode_head.host.num_classes = NUM
    plain = derive(cfg, stages.seen_only(cfg))
    assert plain.model.decode_head.ignore_index == NO_LABEL
    assert plain.model.data_preprocessor.seg_pad_val == NO_LABEL
    cfg.model.decode_head.host.num_classes = 255
    plain = derive(cfg, stages.seen_only(cfg))
    assert 'ignore_index' not in plain.model.decode_head
    assert plain.model.data_preprocessor.seg_pad_val == 255
