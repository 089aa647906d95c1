"""Tests of the bank's command line, on a tiny folder in VOC's layout."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import HistoryBuffer
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot.commands import build_feature_bank as tool
from mmseg_zeroshot.datasets import FeatureBank, FeatureBankDataset
from mmseg_zeroshot.extraction import (
    default_devices,
    make_dataset,
    make_extract,
)
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils.checkpoints import read_checkpoint

CONFIG = """
custom_imports = dict(
    imports=['mmseg_zeroshot'], allow_failed_imports=False)
split = dict(classes=['background', 'cat', 'cow', 'dog'], unseen=['cow'])
norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(
        type='SegDataPreProcessor', mean=[120.] * 3, std=[60.] * 3,
        bgr_to_rgb=True, pad_val=0, seg_pad_val=255),
    backbone=dict(
        type='MobileNetV2', widen_factor=0.1, strides=(1, 2, 2, 1, 1, 1, 1),
        out_indices=(4, 6), norm_cfg=norm_cfg),
    decode_head=dict(
        type='SemanticProjectionHead', split=split,
        embeddings='glove-6b-50d',
        host=dict(
            type='FCNHead', in_channels=32, channels=16, num_convs=1,
            concat_input=False, dropout_ratio=0.1, norm_cfg=norm_cfg,
            align_corners=False,
            loss_decode=dict(type='CrossEntropyLoss'))),
    test_cfg=dict(mode='whole'))
feature_bank = dict(
    path='bank',
    dataset=dict(
        type='ZeroShotDataset', mode='drop', split=split,
        dataset=dict(
            type='BaseSegDataset', data_root='DATA',
            metainfo=dict(classes=split['classes']),
            data_prefix=dict(img_path='JPEGImages',
                             seg_map_path='SegmentationClass'),
            ann_file='train.txt', img_suffix='.jpg'),
        pipeline=[
            dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
            dict(type='RandomFlip', prob=0.5), dict(type='PackSegInputs')]),
    views=2, max_vectors=6, batch_size=3)
"""


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Ten images, two of them with a cow; a config and a checkpoint."""
    root = tmp_path_factory.mktemp('tool')
    rng = np.random.default_rng(0)
    for name in ('JPEGImages', 'SegmentationClass'):
        (root / name).mkdir()
    for i in range(10):
        height = 40 if i % 2 else 32
        image = rng.integers(0, 255, (height, 48, 3), dtype=np.uint8)
        labels = np.zeros((height, 48), np.uint8)
        labels[:16, :24] = 1 + 2 * (i % 2)
        if i in (4, 7):
            labels[20:, 20:] = 2
        Image.fromarray(image).save(root / f'JPEGImages/{i}.jpg')
        Image.fromarray(labels).save(root / f'SegmentationClass/{i}.png')
    (root / 'train.txt').write_text('\n'.join(map(str, range(10))))
    (root / 'config.py').write_text(CONFIG.replace('DATA', str(root)))
    save_checkpoint(root / 'net.pth', root)
    return root


def save_checkpoint(path, root, seed=0, drop=()):
    torch.manual_seed(seed)
    with DefaultScope.overwrite_default_scope('mmseg'):
        config = Config.fromfile(root / 'config.py')
        model = MODELS.build(config.model)
    for name, value in model.state_dict().items():
        if name.endswith('running_mean'):
            value.normal_()
    state = {k: v for k, v in model.state_dict().items()
             if not k.startswith(tuple(drop))}
    # MMEngine keeps the logged scalars in its checkpoints.
    hub = dict(log_scalars={'train/loss': HistoryBuffer([1.5], [1])})
    meta = dict(dataset_meta=dict(
        split=build_split(config.split).to_dict(), split_mode='drop'))
    torch.save(dict(state_dict=state, meta=meta, message_hub=hub), path)


@pytest.fixture
def run(folder, tmp_path, capsys):
    """Run the tool; returns exit code, output and error."""
    def call(*options, checkpoint=folder / 'net.pth'):
        code = tool.main([str(folder / 'config.py'), str(checkpoint),
                          '--device', 'cpu', '--out', str(tmp_path / 'bank'),
                          *options])
        return code, *capsys.readouterr()
    return call


def test_features_are_the_networks(folder, tmp_path, run):
    """Each row is a pixel feature of its image, flipped or not."""
    code, out, error = run()
    assert (code, error) == (0, '')
    assert '8/8 images' in out
    bank = FeatureBank.open(tmp_path / 'bank', checkpoint=folder / 'net.pth',
                            feature_dim=16)
    assert bank.split.unseen == ('cow', )
    assert bank.vectors[2] == bank.pixel_counts[2] == 0
    # Cat and dog: four images each, the cow's are left out; two views.
    assert bank.vectors.tolist() == [96, 48, 0, 48]
    path = str(folder / 'config.py')
    dataset = make_dataset(path, None)
    extract = make_extract(path, None, str(folder / 'net.pth'), 'cpu')
    flip = dataset.pipeline.transforms[-2]
    known = [[], []]
    for i, p in enumerate((0.0, 1.0)):
        flip.prob = p
        for k in range(len(dataset)):
            sample = dataset[k]
            features = extract(dict(inputs=[sample['inputs']],
                                    data_samples=[sample['data_samples']]))
            known[i].append(features[0].flatten(1).T.numpy())
    both = set()
    for row, image in zip(bank.features, bank.images):
        gaps = [np.abs(known[i][image] - row).max(1).min() for i in (0, 1)]
        assert min(gaps) < 2e-3 * max(1, np.abs(row).max())
        both.add(int(np.argmin(gaps)))
    assert both == {0, 1}


def test_the_extractor_is_frozen_and_in_eval_mode(folder):
    extract = make_extract(str(folder / 'config.py'), None,
                                str(folder / 'net.pth'), 'cpu')
    image = torch.randint(0, 255, (3, 32, 48), dtype=torch.uint8)
    data = dict(inputs=[image] * 2, data_samples=[None] * 2)
    trained = extract.model
    before = {k: v.clone() for k, v in trained.state_dict().items()}
    first = extract(data)  # from now on with batch norms folded
    assert extract.model is not trained
    torch.testing.assert_close(extract(data), first, rtol=0, atol=0)
    for key, value in trained.state_dict().items():
        assert torch.equal(value, before[key])
    for model in (trained, extract.model):
        assert not any(m.training for m in model.modules())
        assert not any(p.requires_grad for p in model.parameters())


def test_labels_are_padded_with_the_image(folder):
    options = {'model.data_preprocessor.test_cfg': dict(size_divisor=32)}
    path = str(folder / 'config.py')
    extract = make_extract(path, options, str(folder / 'net.pth'), 'cpu')
    sample = make_dataset(path, None)[1]
    labels = sample['data_samples'].gt_sem_seg.data.clone()
    features = extract(dict(inputs=[sample['inputs']],
                            data_samples=[sample['data_samples']]))
    padded = sample['data_samples'].gt_sem_seg.data
    assert labels.shape == (1, 40, 48)
    assert padded.shape == (1, 64, 64)
    assert features.shape[2] * 8 == features.shape[3] * 8 == 64
    assert torch.equal(padded[:, :40, :48], labels)
    assert (padded[:, 40:] == 255).all()
    assert (padded[..., 48:] == 255).all()


@pytest.mark.slow
def test_processes_of_the_command_line(folder, tmp_path, repo_root, run):
    run()
    done = subprocess.run(
        [sys.executable, str(repo_root / 'tools/build_feature_bank.py'),
         str(folder / 'config.py'), str(folder / 'net.pth'), '--out',
         str(tmp_path / 'two'), '--workers', '2', '--device', 'cpu'],
        capture_output=True, text=True, check=True, cwd=tmp_path,
        env={'PYTHONPATH': str(repo_root), 'PATH': '/usr/bin'})
    assert '8/8 images' in done.stdout
    one, two = (FeatureBank.open(tmp_path / n) for n in ('bank', 'two'))
    np.testing.assert_array_equal(one.images, two.images)
    np.testing.assert_allclose(one.features, two.features, atol=2e-2)


def test_what_was_built_can_be_trained_on(folder, tmp_path, run):
    run()
    split = Config.fromfile(folder / 'config.py').split
    dataset = FeatureBankDataset(tmp_path / 'bank', split,
                                 checkpoint=folder / 'net.pth')
    item = dataset[0]
    assert item['features'].shape == (3, 128, 16)
    assert item['class_ids'].tolist() == [0, 1, 3]
    assert dataset.metainfo['split']['unseen'] == ['cow']


def test_running_again(folder, tmp_path, run):
    run()
    stamp = tmp_path / 'bank/stamp.json'
    older = json.loads(stamp.read_text())
    del older['settings']
    stamp.write_text(json.dumps(older))
    assert 'up to date' in run()[1]
    other = tmp_path / 'other.pth'
    save_checkpoint(other, folder, seed=1)
    code, _, error = run(checkpoint=other)
    assert code == 1
    assert 'made from something else: checkpoint is' in error
    assert run('--overwrite', checkpoint=other)[0] == 0


def test_a_change_of_the_classifier_keeps_the_bank(run):
    run()
    out = run('--cfg-options', 'model.decode_head.gamma=0.5')[1]
    assert 'up to date' in out
    error = run('--cfg-options', 'model.backbone.out_indices=(3,6)')[2]
    assert 'config is' in error


@pytest.mark.parametrize('drop', ['backbone.layer3', 'decode_head.host'])
def test_missing_extractor_weights(folder, tmp_path, run, drop):
    save_checkpoint(tmp_path / 'half.pth', folder, drop=(drop, ))
    code, _, error = run(checkpoint=tmp_path / 'half.pth')
    assert code == 1
    assert 'the checkpoint lacks' in error
    assert drop in error


def test_no_checkpoint(tmp_path, run):
    assert 'No such file' in run(checkpoint=tmp_path / 'none.pth')[2]
    (tmp_path / 'text.pth').write_text('hello')
    code, _, error = run(checkpoint=tmp_path / 'text.pth')
    assert code == 1
    assert 'text.pth cannot be read as a checkpoint' in error


@pytest.mark.parametrize('options, message', [
    (['feature_bank.view=2'], "unknown key 'view'.*views"),
    (['feature_bank.views=0'], 'views must be a whole number'),
    (['feature_bank.dataset.mode=keep'], "mode='ignore' or 'drop'"),
    (['model.decode_head.split.unseen=[cow,dog]'],
     'another split than model.decode_head: unseen classes'),
    (['feature_bank=None'], "has no key 'feature_bank'"),
    (['model.type=EncoderDecoder'], 'must be a ZeroShotSegmentor'),
])
def test_bad_configs(run, options, message):
    code, _, error = run('--cfg-options', *options)
    assert code == 1
    assert re.search(message, error)


def test_extractor_that_used_more_labels(folder, tmp_path, run):
    """The config's hooks say what the run permits, as in training."""
    stored = read_checkpoint(folder / 'net.pth')
    path = tmp_path / 'other.pth'
    stored['meta']['zero_shot_supervision'] = 'paper'
    torch.save(stored, path)
    code, _, error = run(checkpoint=path)
    assert code == 1 and "this run has supervision='strict'" in error
    hook = 'default_hooks.{0}.type={1}'.format
    assert run(
        '--cfg-options', hook('results', 'ZeroShotResultsHook'),
        'default_hooks.results.supervision=paper', checkpoint=path)[0] == 0
    torch.save(dict(stored, meta={}), path)
    trust = ('--overwrite', '--cfg-options',
             hook('consistency', 'ConsistencyHook'))
    assert 'trust_checkpoint=True' in run(*trust, checkpoint=path)[2]
    assert run(*trust, 'default_hooks.consistency.trust_checkpoint=True',
               checkpoint=path)[0] == 0


def test_broken_weights_name_the_image(folder, tmp_path, run):
    stored = read_checkpoint(folder / 'net.pth')
    stored['state_dict']['backbone.conv1.conv.weight'][:] = float('nan')
    torch.save(stored, tmp_path / 'nan.pth')
    code, _, error = run(checkpoint=tmp_path / 'nan.pth')
    assert code == 1
    assert 'JPEGImages/' in error
    assert 'NaN' in error


def test_default_devices():
    devices = default_devices()
    expected = torch.cuda.device_count() or 1
    assert len(devices) == expected


def test_stamp_is_plain_json(tmp_path, run):
    run()
    stamp = json.loads((tmp_path / 'bank/stamp.json').read_text())
    assert stamp['views'] == 2
    assert len(stamp['palette']) == 4
    assert stamp['settings']['backbone']['strides'] == [1, 2, 2, 1, 1, 1, 1]
    assert [step['type'] for step in stamp['settings']['pipeline']][2] == (
        'RandomFlip')
    shutil.rmtree(tmp_path / 'bank')
