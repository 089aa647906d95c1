"""Data sets of mmseg configs for shipped networks."""
import pytest
from mmseg.registry import DATASETS

from mmseg_zeroshot.experiments.config_data import config_data
from mmseg_zeroshot.experiments.config_files import config_path
from mmseg_zeroshot.semantics import build_split

from .tiny_folders import CLASSES, write_parts

SPLIT = dict(classes=list(CLASSES), unseen=['road'])
CONFIG = """
pipeline = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
            {crop} dict(type='PackSegInputs')]
data = dict(type='BaseSegDataset', data_root={root!r}, pipeline=pipeline,
            metainfo=dict(classes={classes!r}), img_suffix='.jpg',
            seg_map_suffix='.png', data_prefix=dict(
                img_path='images/train', seg_map_path='masks/train'))
train_dataloader = dict(batch_size=3, num_workers=0, dataset=data)
val_dataloader = dict(batch_size=1, num_workers=0, dataset=data)
"""


def write_config(tmp_path, crop="dict(type='RandomCrop', crop_size=(8, 8)),"):
    path = tmp_path / 'own.py'
    path.write_text(CONFIG.format(crop=crop, root=str(tmp_path / 'data'),
                                  classes=list(CLASSES)))
    return path


def test_labels_of_unseen_classes_are_hidden_in_training_alone(tmp_path):
    write_parts(tmp_path / 'data')
    got = config_data(write_config(tmp_path), split=SPLIT)
    assert got['crop_size'] == (8, 8)
    assert got['train_dataloader']['batch_size'] == 3
    assert got['val_evaluator']['type'] == 'ZeroShotIoUMetric'
    ids = {}
    for loop in ('train', 'val', 'test'):
        built = DATASETS.build(got[f'{loop}_dataloader']['dataset'])
        ids[loop] = set().union(*(
            built[i]['data_samples'].gt_sem_seg.data.unique().tolist()
            for i in range(len(built)) for _ in range(5)))
    assert ids['train'] <= {0, 255} and ids['val'] == {0, 1}
    assert ids['test'] == {0, 1}


def test_a_config_of_mmseg():
    split = dict(classes='ade150', unseen=['sofa'])
    got = config_data(config_path('mmseg::_base_/datasets/ade20k.py'),
                      split=split)
    dataset = got['train_dataloader']['dataset']
    assert dataset['type'] == 'ZeroShotDataset' and dataset['mode'] == 'ignore'
    assert dataset['dataset']['type'] == 'ADE20KDataset'
    assert build_split(dataset['split']).unseen == ('sofa', )
    assert got['test_pipeline'][1]['type'] == 'Resize'
    assert got['crop_size'] == (512, 512)


def test_what_is_missing_is_named(tmp_path):
    write_parts(tmp_path / 'data')
    with pytest.raises(ValueError, match='RandomCrop'):
        config_data(write_config(tmp_path, crop=''), split=SPLIT)
    path = tmp_path / 'none.py'
    path.write_text('a = 1')
    with pytest.raises(ValueError, match='no train_dataloader'):
        config_data(path, split=SPLIT)
