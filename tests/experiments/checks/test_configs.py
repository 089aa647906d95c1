"""Bad values in the config of any step, found without training."""
from pathlib import Path
from typing import Any

import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.experiments.checks.networks import WithoutMemory

from .farm import check, farm, only_error

BAD: list[tuple[str, str, str, Any, str]] = [
    # method, step, key, value, what the finding says
    ('zs3net', 'zs3net', 'optim_wrapper.optimizer.lr', 'fast', 'float'),
    ('zs3net', 'zs3net', 'optim_wrapper.optimizer.type', 'Adaam', 'Adam'),
    ('zs3net', 'zs3net', 'model.decode_head.generator.hidden_dims', 3,
     'hidden_dim'),
    ('zs3net', 'zs3net', 'model.decode_head.unseen_prior', 1.5,
     'probability of each'),
    ('zs-mmd', 'zs-mmd', 'model.decode_head.recursion.start', 999,
     'recursion would never begin'),
    ('zs-mmd', 'zs-mmd', 'model.decode_head.recursion.tau', 7, 'softmax'),
    ('seen', 'seen', 'model.decode_head.loss_decode.type', 'CrossLoss',
     'CrossEntropyLoss'),
    ('seen', 'seen', 'train_dataloader.dataset.pipeline.3.crop_sise', 3,
     'crop_size'),
    ('seen', 'seen', 'train_dataloader.dataset.mode', 'ignoree', 'mode'),
    ('seen', 'seen', 'train_dataloader.dataset.mode', 'keep', 'unseen'),
    ('seen', 'seen', 'train_dataloader.batch_size', 0, '>= 1'),
    ('seen', 'seen', 'train_dataloader.sampler.shufle', True, 'shuffle'),
    ('seen', 'seen', 'default_hooks.logger.intervall', 3, ': interval'),
    ('seen', 'seen', 'default_hooks.results.supervision', 'strickt', 'strict'),
    ('seen', 'seen', 'default_hooks.checkpoint.save_best', 'mIoU',
     'labels of unseen'),
    ('seen', 'seen', 'param_scheduler.0.type', 'PolyLRR', 'PolyLR'),
    ('seen', 'seen', 'train_cfg.max_iters', 'many', 'a number'),
    ('seen', 'seen', 'train_cfg.val_intervall', 3, ': val_interval'),
    ('seen', 'seen', 'val_evaluator.prefx', 'a', 'prefix'),
    ('spnet', 'spnet', 'model.decode_head.gamma', 2.0, '[0, 1]'),
    ('zs3net', 'bank', 'feature_bank.max_vector', 3, ': max_vectors'),
    ('zs3net', 'bank', 'feature_bank.views', 0, '>= 1'),
    ('zs3net', 'generator', 'train_dataloader.dataset.num_vektors', 3,
     'num_vectors'),
]


@pytest.mark.parametrize('method, step, key, value, said', BAD,
                         ids=[f'{row[1]}-{row[2]}' for row in BAD])
def test_bad_value(tmp_path: Path, method: str, step: str, key: str,
                   value: Any, said: str) -> None:
    experiment = farm(tmp_path, **{step: {key: value}})
    error = only_error(check(experiment, method))
    assert said in str(error)
    assert step in error.place
    assert key.split('.')[-1] in str(error)


def test_place_names_what_the_experiment_says(tmp_path: Path) -> None:
    experiment = farm(tmp_path, zs3net={
        'optim_wrapper.optimizer.lr': 'fast'})
    error = only_error(check(experiment, 'zs3net', calibrate=True))
    assert error.place == ("options['zs3net']['optim_wrapper.optimizer.lr'] "
                           'in steps zs3net, held-out-zs3net')
    assert error.value == "'fast'"


def test_one_mistake_in_many_steps_is_one_finding(tmp_path: Path) -> None:
    experiment = farm(tmp_path, all={
        'model.backbone.output_stride': 5,
        'model.backbone.pretrained': False})
    error = only_error(check(experiment, 'seen', 'spnet', 'zs3net'))
    assert 'output_stride' in error.place and '8, 16 or 32' in error.what


@pytest.mark.parametrize('kind', ['MixVisionTransformer', 'ResNetV1c',
                                  'SwinTransformer'])
def test_networks_are_built_without_memory(kind: str) -> None:
    extra = dict(depth=50) if kind == 'ResNetV1c' else {}
    with WithoutMemory():
        network = MODELS.build(dict(type=kind, **extra))
    assert {p.device.type for p in network.parameters()} == {'meta'}
    assert torch.zeros(2).device.type == 'cpu'


def test_mixed_precision_needs_a_device(tmp_path: Path, monkeypatch) -> None:
    from mmengine.optim.optimizer import amp_optimizer_wrapper
    for kind in ('cuda', 'npu', 'mlu', 'musa'):
        monkeypatch.setattr(amp_optimizer_wrapper, f'is_{kind}_available',
                            lambda: False)
    error = only_error(check(farm(tmp_path, seen={
        'optim_wrapper.type': 'AmpOptimWrapper'}), 'seen'))
    assert 'only available training on gpu' in error.what
    assert 'optim_wrapper in step seen' == error.place
