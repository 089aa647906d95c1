"""Zero-shot configs from ordinary ones: what is kept, changed and refused."""
import re
from pathlib import Path

import mmseg
import pytest
from mmengine.config import Config
from mmengine.config.utils import MODULE2PACKAGE

from mmseg_zeroshot.commands import make_zero_shot_config as tool
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils.config_text import assignment

OWN = Path(mmseg.__file__).parent / '.mim' / 'configs'
RECIPES = Path(__file__).resolve().parents[2] / 'configs/_base_/recipes'
FCN = 'fcn/fcn_r50-d8_4xb4-20k_voc12aug-512x512.py'
STEPS = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
         dict(type='RandomCrop', crop_size=(32, 32)),
         dict(type='PackSegInputs')]
VOC = dict(type='PascalVOCDataset', data_root='voc', pipeline=STEPS)
FULL = dict(
    model=dict(
        type='EncoderDecoder',
        data_preprocessor=dict(
            type='SegDataPreProcessor', mean=[10.4, 20.0, 30.0],
            size=(32, 32), seg_pad_val=254),
        pretrained='somewhere',
        backbone=dict(
            type='ResNetV1c', depth=18, stem_channels=4, base_channels=4,
            init_cfg=dict(type='Pretrained', checkpoint='x.pth')),
        decode_head=dict(
            type='FCNHead', in_channels=32, in_index=3, channels=8,
            num_convs=1, num_classes=5,
            loss_decode=[dict(type='CrossEntropyLoss', loss_weight=0.7),
                         dict(type='DiceLoss')]),
        auxiliary_head=[dict(type='FCNHead', in_channels=16, channels=4,
                             num_classes=5)]),
    train_dataloader=dict(
        batch_size=3,
        dataset=dict(type='RepeatDataset', times=40, dataset=VOC)),
    val_dataloader=dict(batch_size=2, dataset=dict(VOC, ann_file='val.txt')),
    test_dataloader=dict(batch_size=1, dataset=dict(VOC, ann_file='t.txt')),
    val_evaluator=dict(type='IoUMetric'),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
    train_cfg=dict(by_epoch=True, max_epochs=7),
    val_cfg=dict(type='ValLoop'),
    default_hooks=dict(
        checkpoint=dict(type='CheckpointHook', save_best='mIoU', interval=1,
                        rule='greater'),
        logger=dict(type='LoggerHook')),
    custom_hooks=[dict(type='EarlyStoppingHook', monitor='mIoU'),
                  dict(type='EMAHook')],
    custom_imports=dict(imports=['json']),
    load_from='pretrained.pth',
    randomness=dict(seed=3),
    norm_cfg=dict(type='BN'))


def write(folder: Path, config: dict, name: str = 'base.py') -> Path:
    path = folder / name
    path.write_text(''.join(assignment(*item) for item in config.items()))
    return path


def changed(**parts: dict) -> dict:
    """The config above with some keys of a part set, or the whole part."""
    config = {key: dict(value) if isinstance(value, dict) else value
              for key, value in FULL.items()}
    for key, value in parts.items():
        config[key] = ({**config[key], **value}
                       if isinstance(value, dict) else value)
    return config


def run(base: Path | str, out: Path, *more: str, method: str = 'spnet',
        split: str = 'voc12-zs3-k2') -> int:
    return tool.main([str(base), '--split', split, '--method', method,
                      '--out', str(out), *more])


@pytest.fixture
def spnet(tmp_path) -> Config:
    assert run(write(tmp_path, FULL), tmp_path / 'out') == 0
    return Config.fromfile(tmp_path / 'out/spnet.py')


def test_the_network_is_the_base_s(spnet):
    base = Config(FULL)
    assert spnet.model.type == 'ZeroShotSegmentor'
    assert spnet.model.backbone == base.model.backbone
    assert spnet.model.pretrained == 'somewhere'
    host = spnet.model.decode_head.host
    assert (host.type, host.channels, host.in_index) == ('FCNHead', 8, 3)
    assert host.num_classes == 21
    assert spnet.model.decode_head.split == 'voc12-zs3-k2'
    # Auxiliary heads stay plain classifiers, of the split's classes.
    assert spnet.model.auxiliary_head[0].num_classes == 21


def test_losses_do_not_depend_on_hidden_pixels(spnet):
    first, second = spnet.model.decode_head.host.loss_decode
    assert first == dict(type='CrossEntropyLoss', loss_weight=0.7,
                         avg_non_ignore=True)
    assert second == dict(type='DiceLoss')
    assert spnet.model.auxiliary_head[0].loss_decode == dict(
        type='CrossEntropyLoss', avg_non_ignore=True)


def test_data_sets_are_wrapped_and_loaders_stay(spnet):
    train = spnet.train_dataloader
    assert train.batch_size == 3
    assert (train.dataset.type, train.dataset.mode) == (
        'ZeroShotDataset', 'ignore')
    assert train.dataset.pipeline == STEPS
    assert train.dataset.dataset == dict(
        type='RepeatDataset', times=40,
        dataset=dict(type='PascalVOCDataset', data_root='voc'))
    for loop, size, name in (('val', 2, 'val.txt'), ('test', 1, 't.txt')):
        loader = spnet[f'{loop}_dataloader']
        assert (loader.batch_size, loader.dataset.mode) == (size, 'keep')
        assert loader.dataset.test_mode is True
        assert loader.dataset.dataset.ann_file == name
        assert spnet[f'{loop}_evaluator'] == dict(type='ZeroShotIoUMetric')


def test_schedule_and_runtime_are_the_base_s(spnet):
    for key in ('optim_wrapper', 'train_cfg', 'val_cfg', 'randomness'):
        assert spnet[key] == Config(FULL)[key]
    assert spnet.custom_imports.imports == ['json', 'mmseg_zeroshot']
    assert 'norm_cfg' not in spnet  # a variable


def test_choices_by_unseen_labels_are_left_out_and_named(spnet, tmp_path):
    assert spnet.default_hooks.checkpoint == dict(
        type='CheckpointHook', interval=1)
    assert [hook.type for hook in spnet.custom_hooks] == ['EMAHook']
    assert {'label_leak', 'consistency', 'run_state', 'step_seed',
            'results'} <= set(
        spnet.default_hooks)
    assert spnet.get('load_from') is None
    text = (tmp_path / 'out/spnet.py').read_text()
    for left_out in ("save_best='mIoU'", 'EarlyStoppingHook',
                     "load_from='pretrained.pth'"):
        assert left_out in ' '.join(text.replace('\n#', '').split())
    assert max(map(len, text.splitlines())) <= 79


@pytest.mark.parametrize('method, head, loss', [
    ('devise', 'DeViSEHead', 'CosineLoss'),
    ('ale', 'SemanticProjectionHead', 'ALELoss')])
def test_baselines_have_losses_of_their_own(tmp_path, method, head, loss):
    out = tmp_path / 'out'
    assert run(write(tmp_path, FULL), out, method=method) == 0
    cfg = Config.fromfile(out / f'{method}.py')
    assert cfg.model.decode_head.type == head
    assert cfg.model.decode_head.host.loss_decode == dict(type=loss)


def test_zs3net_s_steps_fit_together(tmp_path):
    out = tmp_path / 'net'
    assert run(write(tmp_path, FULL), out, method='zs3net') == 0
    first, bank, second, third = (
        Config.fromfile(out / f'{step}.py')
        for step in ('seen', 'bank', 'generator', 'zs3net'))
    work_dir = 'work_dirs/zs3net_base_voc12-zs3-k2'
    assert first.model.type == 'EncoderDecoder'
    assert first.model.decode_head.num_classes == 21
    assert first.train_dataloader.dataset.mode == 'drop'
    assert first.default_hooks.results.method == 'seen only'
    head = second.model.decode_head
    assert (head.stage, head.host) == ('generator', first.model.decode_head)
    # Nothing is downloaded again: the weights are stage 0's.
    assert second.model.pretrained is None
    assert second.model.backbone.init_cfg is None
    assert second.load_from == f'{work_dir}/seen/epoch_7.pth'
    data = second.train_dataloader.dataset
    assert data.bank == second.feature_bank.path == f'{work_dir}/bank/bank'
    assert bank.feature_bank == second.feature_bank
    # The repeated data set is read once, and small crops are padded.
    images = second.feature_bank.dataset
    assert images.dataset == dict(type='PascalVOCDataset', data_root='voc')
    assert [step.type for step in images.pipeline][-2:] == [
        'Pad', 'PackSegInputs']
    # The preprocessor keeps the images' own order of channels.
    assert images.pipeline[-2].pad_val == dict(img=(10, 20, 30), seg=254)
    assert second.train_cfg.val_begin > second.train_cfg.max_iters
    assert [hook.type for hook in second.custom_hooks] == ['EMAHook']
    assert second.default_hooks.checkpoint.by_epoch is False
    steps = second.train_cfg.max_iters
    assert third.load_from == f'{work_dir}/generator/iter_{steps}.pth'
    assert third.model.decode_head.stage == 'classifier'
    assert third.train_cfg.val_interval == third.train_cfg.max_iters
    assert third.default_hooks.results.method == 'ZS3Net'
    assert [hook.type for hook in third.custom_hooks] == ['EMAHook']
    start = third.default_hooks.stage_start
    assert start.restart == ['decode_head.classifier']
    # As the strict recipe has it, under whose label its results go.
    recipe = Config.fromfile(RECIPES / 'strict.py').recipe
    assert start.restart == recipe.restart
    head = third.model.decode_head
    for key in ('unseen_prior', 'frequency_power'):
        assert head[key] == recipe.head[key]
    assert second.optim_wrapper.optimizer == recipe.generator_optimizer
    assert third.optim_wrapper.optimizer == recipe.classifier_optimizer


def test_mmseg_s_own_file_and_one_that_inherits_it(tmp_path, capsys):
    own, child = tmp_path / 'own', tmp_path / 'child'
    base = tmp_path / 'mine.py'
    base.write_text(f"_base_ = 'mmseg::{FCN}'\n"
                    'train_dataloader = dict(batch_size=9)\n')
    before = dict(MODULE2PACKAGE)
    assert run(f'mmseg::{FCN}', own, '--no-check') == 0
    assert run(base, child, '--no-check') == 0
    assert before == MODULE2PACKAGE
    assert f'next: bash {own}/run.sh' in capsys.readouterr().out
    own, child = own / 'spnet.py', child / 'spnet.py'
    ours, theirs = Config.fromfile(own), Config.fromfile(OWN / FCN)
    assert ours.model.backbone == theirs.model.backbone
    assert ours.train_dataloader.dataset.dataset.type == 'ConcatDataset'
    assert ours.test_dataloader == ours.val_dataloader
    theirs = Config.fromfile(child)
    assert theirs.train_dataloader.batch_size == 9
    assert '_scope_' not in child.read_text()
    assert theirs.model == ours.model


def test_a_split_of_your_own(tmp_path):
    out = tmp_path / 'out'
    assert tool.main([
        str(write(tmp_path, FULL)), '--unseen', 'cow, potted plant',
        '--ignored', 'bird', '--method', 'spnet', '--out', str(out)]) == 0
    config = Config.fromfile(out / 'spnet.py')
    split = build_split(config.split)
    assert split.unseen == ('cow', 'pottedplant')
    assert split.ignored == ('bird', )
    # A shipped class list is named, others are written out.
    assert config.split.classes == 'voc21'


def test_a_name_with_a_blank_is_one_argument(tmp_path):
    base = write(tmp_path, FULL)
    split = tool.make_split(tool.parse_args([
        str(base), '--unseen', 'potted plant', '--ignored', 'dining table',
        '--method', 'spnet']), tool.load_base(base, imports=False))
    assert split['unseen'] == ['potted plant']
    assert split['ignored'] == ['dining table']


@pytest.mark.parametrize('parts, message', [
    (dict(model=dict(decode_head=[dict(type='FCNHead'),
                                  dict(type='OCRHead')])),
     r'cascade \(FCNHead and OCRHead\).*FCNHead, ASPPHead'),
    (dict(model=dict(type='MultimodalEncoderDecoder')),
     "'MultimodalEncoderDecoder'; an EncoderDecoder .*PSPHead"),
    (dict(model=dict(decode_head=dict(
        type='SegmenterMaskTransformerHead', in_channels=32, channels=8,
        num_layers=1, num_heads=1, embed_dims=8, in_index=3))),
     'SegmenterMaskTransformerHead cannot be a host.*UPerHead'),
    (dict(model=dict(decode_head=dict(
        type='DDRHead', in_channels=32, channels=8, in_index=3))),
     'DDRHead cannot be a host: .*SegformerHead'),
    (dict(model=dict(decode_head=dict(type='FCNHead', channels=8))),
     'FCNHead cannot be built as a host: .*in_channels.*FPNHead; --no-check'),
    (dict(model=dict(backbone=dict(type='mmpretrain.ConvNeXt'))),
     'cannot be built here.*--no-check'),
    (dict(model=dict(decode_head=dict(type='X', host=dict()))),
     'zero-shot head already'),
    (dict(train_dataloader=dict(dataset=dict(
        type='MultiImageMixDataset', dataset=VOC))),
     'MultiImageMixDataset, which reads samples'),
    (dict(train_dataloader=dict(dataset=dict(
        type='ConcatDataset', datasets=[VOC, dict(VOC, pipeline=STEPS[:2])]
    ))), 'different pipelines'),
    (dict(train_dataloader=dict(dataset=dict(type='ADE20KDataset',
                                             pipeline=STEPS))),
     'ADE20KDataset has 150 classes, split .voc12-zs3-k2. has 21'),
    (dict(param_scheduler=[dict(type='ReduceOnPlateauLR', monitor='mIoU')]),
     'ReduceOnPlateauLR, which sets the learning rate by a score'),
    (dict(val_dataloader=None), 'base has no val_dataloader'),
])
def test_what_cannot_be_made_zero_shot(tmp_path, capsys, parts, message):
    base = write(tmp_path, changed(**parts))
    assert run(base, tmp_path / 'out') == 1
    error = ' '.join(capsys.readouterr().err.split())
    assert re.search(message, error), error
    assert not (tmp_path / 'out').exists()


def test_a_package_that_is_not_installed(tmp_path, capsys):
    base = write(tmp_path, changed(
        custom_imports=dict(imports=['no_such_package']),
        model=dict(backbone=dict(type='no_such_package.Net'))))
    out = tmp_path / 'out'
    assert run(base, out) == 1
    assert 'no_such_package' in capsys.readouterr().err
    assert run(base, out, '--no-check') == 0
    assert 'no_such_package' in (out / 'spnet.py').read_text()


def test_a_value_that_no_text_means(tmp_path, capsys):
    base = write(tmp_path, FULL)
    with base.open('a') as file:
        file.write("optim_wrapper['clip_grad'] = lambda: 0\n")
    assert run(base, tmp_path / 'out') == 1
    assert 'optim_wrapper.clip_grad is a function' in capsys.readouterr().err


@pytest.mark.parametrize('more, message', [
    (dict(split='voc12-zs3-k3'), "unknown split 'voc12-zs3-k3'.*voc12-zs3-k"),
    (dict(method='spnett'), "unknown method 'spnett'.*spnet"),
])
def test_unknown_names(tmp_path, capsys, more, message):
    assert run(write(tmp_path, FULL), tmp_path / 'out', **more) == 1
    assert re.search(message, capsys.readouterr().err)


def test_other_command_lines(tmp_path, capsys):
    base, out = write(tmp_path, FULL), tmp_path / 'net/generator.py'
    out.parent.mkdir()
    out.write_text('mine')
    assert run(base, out.parent, method='zs3net') == 1
    assert f'{out} is there already' in capsys.readouterr().err
    # Nothing is written if one file is in the way.
    assert out.read_text() == 'mine'
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert run(base, out.parent, '--overwrite', method='zs3net') == 0
    assert out.read_text() != 'mine'
    assert run(tmp_path / 'none.py', tmp_path / 'o') == 1
    assert 'no config' in capsys.readouterr().err
    assert run(base, tmp_path / 'o', '--ignored', 'bird') == 1
    assert '--ignored belongs to --unseen' in capsys.readouterr().err
    assert run(base, tmp_path / 'o', '--embeddings', 'glove-7b') == 1
    assert 'glove-6b-50d' in capsys.readouterr().err
    assert run(base, tmp_path / 'o.py') == 1
    assert '--out is a folder' in capsys.readouterr().err
