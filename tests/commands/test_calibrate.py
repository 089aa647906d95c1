"""Gamma chosen on held-out classes, from a config and a checkpoint."""
import json
import textwrap

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner
from PIL import Image

from mmseg_zeroshot.commands import calibrate

CONFIG = """
    custom_imports = dict(imports=['mmseg_zeroshot'])
    default_scope = 'mmseg'
    split = dict(classes=['background', 'dog', 'cat', 'cow'],
                 unseen=['cat'], ignored=['cow'], name='pets-cv',
                 held_out=True)
    model = dict(
        type='ZeroShotSegmentor',
        data_preprocessor=dict(
            type='SegDataPreProcessor', size=(32, 32), seg_pad_val=255,
            mean=[120.] * 3, std=[60.] * 3),
        backbone=dict(
            type='ResNet', depth=18, base_channels=4, num_stages=2,
            strides=(1, 2), dilations=(1, 1), out_indices=(1, ),
            norm_cfg=dict(type='BN')),
        decode_head=dict(
            type='SemanticProjectionHead', split=split,
            embeddings='glove-6b-50d',
            host=dict(type='FCNHead', in_channels=8, channels=8,
                      num_convs=1, norm_cfg=dict(type='BN'))),
        test_cfg=dict(mode='whole'))
    steps = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
             dict(type='PackSegInputs')]
    inner = dict(
        type='BaseSegDataset', data_root='DATA',
        data_prefix=dict(img_path='images', seg_map_path='masks'),
        metainfo=dict(classes=['background', 'dog', 'cat', 'cow']),
        img_suffix='.png', seg_map_suffix='.png', reduce_zero_label=False)
    train_dataloader = dict(
        batch_size=2, num_workers=0,
        sampler=dict(type='InfiniteSampler', shuffle=True),
        dataset=dict(type='ZeroShotDataset', split=split, mode='ignore',
                     pipeline=steps, dataset=inner))
    val_dataloader = dict(
        batch_size=1, num_workers=0,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(type='ZeroShotDataset', split=split, mode='keep',
                     pipeline=steps, dataset=inner))
    test_dataloader = val_dataloader
    train_cfg = dict(
        type='IterBasedTrainLoop', max_iters=30, val_interval=30)
    val_cfg = dict(type='ValLoop')
    test_cfg = dict(type='TestLoop')
    val_evaluator = dict(type='ZeroShotIoUMetric')
    test_evaluator = val_evaluator
    optim_wrapper = dict(optimizer=dict(type='AdamW', lr=.003))
    default_hooks = dict(
        checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=30),
        consistency=dict(type='ConsistencyHook'),
        results=dict(type='ZeroShotResultsHook', method='SPNet'))
    randomness = dict(seed=0)
    log_level = 'WARNING'
"""


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """Three images on disk, a config for them and a trained checkpoint."""
    folder = tmp_path_factory.mktemp('calibrate')
    rng = np.random.default_rng(0)
    for kind in ('images', 'masks'):
        (folder / kind).mkdir()
    for index in range(3):
        ids = np.repeat(np.repeat(rng.integers(0, 4, (4, 4)), 8, 0), 8, 1)
        ids[:2] = np.arange(32) % 3
        Image.fromarray(ids.astype(np.uint8)).save(
            folder / f'masks/{index}.png')
        noise = rng.integers(0, 60, (32, 32, 3))
        image = ids[..., None] * 60 + noise
        Image.fromarray(image.astype(np.uint8)).save(
            folder / f'images/{index}.png')
    config = folder / 'config.py'
    config.write_text(
        textwrap.dedent(CONFIG).replace('DATA', folder.as_posix()), 'utf-8')
    cfg = Config.fromfile(config)
    cfg.work_dir = str(folder / 'work')
    Runner.from_cfg(cfg).train()
    return folder, str(config), str(folder / 'work/iter_30.pth')


@pytest.fixture
def refused(capsys):
    """Call the tool and return the error that it ends with."""
    def call(*argv: str) -> str:
        assert calibrate.main(argv) == 1
        error = capsys.readouterr().err
        assert error.startswith('error: ')
        return error

    return call


def test_gamma_is_chosen_and_written(run, tmp_path, capsys):
    _, config, checkpoint = run
    calibrate.main([config, checkpoint, '--out', str(tmp_path)])
    figures = json.loads((tmp_path / 'gamma_curve.json').read_text('utf-8'))
    assert (figures['role'], figures['split']) == ('validation', 'pets-cv')
    assert (figures['images'], figures['unseen']) == (3, ['cat'])
    assert len(figures['table']) == 101
    heights = [row['hIoU'] for row in figures['table']]
    assert figures['best']['hIoU'] == max(heights) > heights[0]
    assert (tmp_path / 'gamma_curve.png').stat().st_size > 5000
    fragment = Config.fromfile(tmp_path / 'gamma.py')
    gamma = fragment.model.decode_head.gamma
    assert gamma == pytest.approx(figures['gamma'])
    assert 'Role: validation' in (tmp_path / 'gamma.py').read_text('utf-8')
    assert f'gamma {gamma:.2f} gives hIoU' in capsys.readouterr().out

    # An ordinary test with this gamma has the score of the curve.
    cfg = Config.fromfile(config)
    cfg.merge_from_dict(fragment._cfg_dict)
    cfg.work_dir, cfg.load_from = str(tmp_path / 'test'), checkpoint
    metrics = Runner.from_cfg(cfg).test()
    assert metrics['hIoU'] == pytest.approx(figures['best']['hIoU'])

    # And a run finds the same in the files that it reads.
    values = json.loads((tmp_path / 'values.json').read_text('utf-8'))
    assert values == {'model.decode_head.gamma': gamma}
    record, tested = (
        json.loads((folder / 'zero_shot_results.json').read_text('utf-8'))
        for folder in (tmp_path, tmp_path / 'test'))
    assert record['supervision'] == 'strict' and record['gamma'] == gamma
    for key in ('method', 'dataset', 'split', 'seed', 'checkpoint',
                'generalised', 'background', 'absent', 'embeddings'):
        assert record[key] == tested[key], key


def test_classes_count_as_the_evaluator_counts_them(run, tmp_path):
    _, config, checkpoint = run
    calibrate.main([config, checkpoint, '--out', str(tmp_path),
                    '--cfg-options', 'val_evaluator.absent=zero'])
    record = json.loads(
        (tmp_path / 'zero_shot_results.json').read_text('utf-8'))
    assert record['absent'] == 'zero'


def test_images_must_hold_the_validation_classes(run, tmp_path, refused):
    folder, config, checkpoint = run
    masks = tmp_path / 'masks'
    masks.mkdir()
    for path in (folder / 'masks').glob('*.png'):
        ids = np.array(Image.open(path))
        Image.fromarray(np.where(ids == 2, 255, ids).astype(np.uint8)).save(
            masks / path.name)
    assert 'no pixel of unseen classes' in refused(
        config, checkpoint, '--out', str(tmp_path / 'out'), '--cfg-options',
        f'val_dataloader.dataset.dataset.data_prefix.seg_map_path={masks}')


REAL = ['model.decode_head.split.held_out=False',
        'val_dataloader.dataset.split.held_out=False']


def test_real_unseen_classes_need_the_oracle(run, tmp_path, refused):
    _, config, checkpoint = run
    out = ['--out', str(tmp_path), '--cfg-options', *REAL]
    assert '(cat) are the real ones' in refused(config, checkpoint, *out)
    assert not (tmp_path / 'gamma.py').exists()
    assert calibrate.main([config, checkpoint, '--oracle', *out]) == 0
    text = (tmp_path / 'gamma.py').read_text('utf-8')
    assert 'Role: oracle' in text and 'REAL UNSEEN' in text
    fragment = Config.fromfile(tmp_path / 'gamma.py')
    assert fragment.default_hooks.results.supervision == 'oracle'
    figures, record = (
        json.loads((tmp_path / name).read_text('utf-8'))
        for name in ('gamma_curve.json', 'zero_shot_results.json'))
    assert figures['role'] == record['supervision'] == 'oracle'


def test_oracle_on_a_held_out_split_is_refused(run, tmp_path, refused):
    _, config, checkpoint = run
    assert 'leave out --split-role oracle' in refused(
        config, checkpoint, '--split-role', 'oracle', '--out', str(tmp_path))


def test_split_of_the_data_must_be_the_heads(run, tmp_path, refused):
    _, config, checkpoint = run
    assert "'pets-cv' and val_dataloader" in refused(
        config, checkpoint, '--out', str(tmp_path), '--cfg-options',
        'val_dataloader.dataset.split.unseen=[dog]')


def test_missing_checkpoint(run, refused):
    assert 'no such file: none.pth' in refused(run[1], 'none.pth')


def test_what_is_no_checkpoint(run, refused, tmp_path):
    (tmp_path / 'notes.pth').write_text('not weights')
    assert 'no file of weights' in refused(
        run[1], str(tmp_path / 'notes.pth'))
