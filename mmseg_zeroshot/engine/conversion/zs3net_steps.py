"""ZS3Net's steps 1 and 2, on top of a written step 0."""
from __future__ import annotations

from typing import Any

from mmseg_zeroshot.utils.config_text import Name, assignment, comment

from .base_config import BaseConfig
from .base_data import type_name
from .methods import METHODS

ITERATIONS = dict(generator=20000, classifier=10000)
"""As in ZS3Net's configs for VOC 2012."""


def step_1(base: BaseConfig, stem: str) -> str:
    """Return the config that trains the generator.

    Args:
        base: The base config's parts.
        stem: File name that the steps share.

    Raises:
        ValueError: The data preprocessor cannot read feature banks.
    """
    folder = f'work_dirs/{stem}-s0'
    text = comment(
        'ZS3Net, step 1: the generator learns to make pixel features of a '
        'class from its word vector, on a bank of features of step 0.')
    text += (f'#\n#   python tools/build_feature_bank.py THIS.py {folder}/'
             f'{last_checkpoint(base)}\n#   python tools/train.py THIS.py\n')
    text += assignment('_base_', f'./{stem}-s0.py')
    text += assignment('load_from', f'{folder}/{last_checkpoint(base)}')
    text += assignment('bank', f'{folder}/bank')
    text += assignment('iterations', ITERATIONS['generator']) + '\n'
    text += comment('The network is frozen, with the weights of step 0.')
    text += assignment('model', _model(base))
    text += comment('What the bank is made of: at most max_vectors of every '
                    'class in an image, of one random view of it.')
    if _needs_padding(base):
        text += assignment('bank_pipeline', _padded(base))
    text += assignment('feature_bank', _bank(base))
    text += assignment('train_dataloader', _loader()) + '\n'
    text += assignment('optim_wrapper', dict(
        _delete_=True, type='OptimWrapper',
        optimizer=dict(type='Adam', lr=0.0002)))
    text += assignment('param_scheduler', [
        dict(type='ConstantLR', factor=1.0, begin=0, end=Name('iterations'),
             by_epoch=False)])
    text += comment('The classifier is still step 0\'s: nothing to validate.')
    text += assignment('train_cfg', dict(
        _delete_=True, type='IterBasedTrainLoop', max_iters=Name('iterations'),
        val_begin=Name('iterations + 1')))
    text += assignment('default_hooks', _hooks(base))
    text += assignment('custom_hooks', [*base.custom_hooks,
                                        dict(type='StageStartHook')])
    return text + assignment('log_processor', dict(by_epoch=False))


def step_2(base: BaseConfig, stem: str) -> str:
    """Return the config that retrains the classifier.

    Args:
        base: The base config's parts.
        stem: File name that the steps share.
    """
    text = comment(
        'ZS3Net, step 2: the classifier learns from real features of seen '
        'and generated features of unseen classes.')
    text += '#\n#   python tools/train.py THIS.py\n'
    text += '#   python tools/test.py THIS.py CHECKPOINT\n'
    text += assignment('_base_', f'./{stem}-s1.py')
    text += assignment(
        'load_from',
        f'work_dirs/{stem}-s1/iter_{ITERATIONS["generator"]}.pth')
    text += assignment('iterations', ITERATIONS['classifier']) + '\n'
    text += comment('unseen_prior is the share that each unseen class has in '
                    'training; None: 1 / number of classes. Seen classes '
                    'count as often as they occur, to the power of '
                    'frequency_power.')
    text += assignment('model', dict(decode_head=dict(
        phase='classifier', unseen_prior=None, frequency_power=0.75)))
    text += assignment('optim_wrapper', dict(optimizer=dict(lr=0.001)))
    text += assignment('param_scheduler', [
        dict(type='PolyLR', power=0.9, eta_min=0.0, begin=0,
             end=Name('iterations'), by_epoch=False)])
    text += assignment('train_cfg', dict(
        max_iters=Name('iterations'), val_begin=1,
        val_interval=Name('iterations')))
    text += assignment('default_hooks', dict(
        results=dict(method=METHODS['zs3net'].title)))
    text += comment("A new classifier: step 0's has learned to name no unseen "
                    'class.')
    return text + assignment('custom_hooks', [
        *base.custom_hooks,
        dict(type='StageStartHook', restart=['decode_head.classifier'])])


def last_checkpoint(base: BaseConfig) -> str:
    """Return the name of the last checkpoint that a base's schedule leaves.

    Args:
        base: The base config's parts.
    """
    loop = base.schedule.get('train_cfg', {})
    if 'max_iters' in loop:
        return f'iter_{loop["max_iters"]}.pth'
    return f'epoch_{loop.get("max_epochs", "N")}.pth'


def _model(base: BaseConfig) -> dict[str, Any]:
    processor = base.model.get('data_preprocessor', {})
    if type_name(processor) != 'SegDataPreProcessor':
        raise ValueError(
            f'model.data_preprocessor is a {type_name(processor)!r}; to read '
            'feature banks, ZS3Net needs a SegDataPreProcessor')
    model: dict[str, Any] = dict(
        type='ZeroShotSegmentor',
        data_preprocessor=dict(type='ZeroShotDataPreProcessor'))
    if 'pretrained' in base.model:
        model['pretrained'] = None
    if 'init_cfg' in base.model['backbone']:
        model['backbone'] = dict(init_cfg=None)
    model['decode_head'] = dict(
        _delete_=True, type=METHODS['zs3net'].head, phase='generator',
        split=Name('_base_.split'), embeddings=Name('_base_.embeddings'),
        generator=dict(type='GMMNGenerator'), num_vectors=128, gamma=0.0,
        host=Name('_base_.model.decode_head'))
    return model


def _bank(base: BaseConfig) -> dict[str, Any]:
    """Return the key `feature_bank`; a repeated data set is read once."""
    changes = ''
    if type_name(base.data['train']) == 'RepeatDataset':
        changes += ', dataset=_base_.train_data.dataset'
    if _needs_padding(base):
        changes += ', pipeline=bank_pipeline'
    dataset = '_base_.train_dataloader.dataset'
    return dict(
        path=Name('bank'),
        dataset=Name(f'dict({dataset}{changes})' if changes else dataset),
        views=1, max_vectors=128, batch_size=8)


def _needs_padding(base: BaseConfig) -> bool:
    """Whether crops may be smaller than the size that training pads to."""
    steps = {type_name(step) for step in base.pipelines['train']}
    return ('RandomCrop' in steps and 'Pad' not in steps
            and 'size' in base.model['data_preprocessor'])


def _padded(base: BaseConfig) -> list[Any]:
    """Return the training pipeline with padding, as the network pads."""
    processor = base.model['data_preprocessor']
    last = len(base.pipelines['train']) - 1
    size = Name('_base_.model.data_preprocessor.size')
    mean = [round(m) for m in processor.get('mean') or (0, 0, 0)][::-1]
    return [
        Name(f'*_base_.train_pipeline[:{last}]'),
        dict(type='Pad', size=size,
             pad_val=dict(img=tuple(mean),
                          seg=processor.get('seg_pad_val', 255))),
        Name(f'_base_.train_pipeline[{last}]')
    ]


def _loader() -> dict[str, Any]:
    return dict(
        _delete_=True, batch_size=1, num_workers=1, persistent_workers=True,
        sampler=dict(type='InfiniteSampler', shuffle=False),
        collate_fn=dict(type='default_collate'),
        dataset=dict(
            type='FeatureBankDataset', bank=Name('bank'),
            split=Name('_base_.split'), checkpoint=Name('load_from'),
            num_vectors=128))


def _hooks(base: BaseConfig) -> dict[str, Any]:
    """Count in iterations, whatever the base counts in."""
    hooks: dict[str, Any] = {}
    if base.default_hooks.get('checkpoint'):
        hooks['checkpoint'] = dict(by_epoch=False, interval=Name('iterations'))
    if base.default_hooks.get('logger'):
        hooks['logger'] = dict(log_metric_by_epoch=False)
    return dict(hooks, results=dict(method='step 1'))
