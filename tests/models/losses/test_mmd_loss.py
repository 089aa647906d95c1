import os
from pathlib import Path

import numpy as np
import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.losses import RELEASED_BANDWIDTHS, MMDLoss, mmd2

# ZS3Net's released loss of these six vectors, sqrt(sum_v MMD^2) with kernels
# exp(-d^2 / 2v), worked out pair by pair in float64. The figures that its
# code gives are compared below where they are at hand.
REAL = torch.tensor([[[0., 0.], [1., 2.], [-1., .5]]])
GENERATED = torch.tensor([[[2., 1.], [.5, -1.], [3., 0.]]])
RELEASED_VALUE = 1.30335546
RELEASED_GRADIENT = torch.tensor([[[.20290278, -.12399604],
                                   [.19259501, -.09745228],
                                   [.05045471, -.03081766]]])


def reference_file():
    folder = os.environ.get('MMSEG_ZEROSHOT_DATA')
    if not folder:
        pytest.skip('MMSEG_ZEROSHOT_DATA is not set')
    path = Path(folder) / 'reference' / 'zs3_released_mmd.npz'
    if not path.exists():
        pytest.skip(f'{path} is not there')
    return path


def test_released_reading_gives_the_released_figures():
    generated = GENERATED.clone().requires_grad_()
    value = MMDLoss(reading='released')(REAL, generated)
    value.backward()
    assert value.item() == pytest.approx(RELEASED_VALUE, abs=1e-5)
    torch.testing.assert_close(
        generated.grad, RELEASED_GRADIENT, rtol=1e-4, atol=1e-6)


@pytest.mark.real_data
def test_released_reading_gives_the_figures_of_the_reference_file():
    loss = MMDLoss(reading='released')
    with np.load(reference_file(), allow_pickle=False) as reference:
        cases = sum(name.startswith('value_') for name in reference)
        assert cases > 0
        for i in range(cases):
            real = torch.from_numpy(reference[f'real_{i}'])[None]
            generated = torch.from_numpy(reference[f'generated_{i}'])[None]
            value = loss(real, generated.requires_grad_())
            value.backward()
            gradient = torch.from_numpy(reference[f'grad_{i}'])
            assert value.item() == pytest.approx(
                float(reference[f'value_{i}']), abs=1e-4)
            error = (generated.grad[0] - gradient).norm() / gradient.norm()
            assert error < 1e-3


@pytest.mark.parametrize('reading', ['ours', 'printed', 'released'])
@pytest.mark.parametrize('scale', [0., 1e-12, 1e-4, 1., 1e3, 1e6])
def test_identical_sets_stay_finite(reading, scale):
    real = torch.randn(3, 8, 16, generator=torch.manual_seed(0)) * scale
    generated = real.clone().requires_grad_()
    value = MMDLoss(reading=reading)(real, generated)
    value.backward()
    assert value.item() == pytest.approx(0, abs=1e-5)
    assert bool(generated.grad.isfinite().all())
    assert generated.grad.abs().max() < 1e-2


def test_released_reading_is_zero_on_equal_sets_of_different_size():
    # The released code swaps the sizes and is not.
    real = torch.randn(1, 6, 4, dtype=torch.float64)
    value = MMDLoss(reading='released')(real, real.repeat(1, 3, 1))
    assert value.item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize('reading', ['ours', 'printed', 'released'])
def test_nan_is_not_hidden(reading):
    real = REAL.clone()
    real[0, 1, 0] = torch.nan
    assert MMDLoss(reading=reading)(real, GENERATED).isnan()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize('reading', ['ours', 'printed', 'released'])
def test_low_precision_autocast(reading, dtype):
    generated = GENERATED.to(dtype).requires_grad_()
    with torch.autocast('cpu', dtype=dtype):
        value = MMDLoss(reading=reading)(REAL, generated)
    value.backward()
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(
        MMDLoss(reading=reading)(REAL, GENERATED).item(), abs=1e-5)
    assert bool(generated.grad.isfinite().all())


def test_readings_are_the_equations_they_name():
    printed = mmd2(REAL, GENERATED, (2, 5, 10, 20, 40, 60)).item()
    released = mmd2(REAL, GENERATED, RELEASED_BANDWIDTHS).sqrt().item()
    for reading, expected in (('ours', printed), ('printed', printed),
                              ('released', released)):
        value = MMDLoss(reading=reading, loss_weight=2.)(REAL, GENERATED)
        assert value.item() == pytest.approx(2 * expected, rel=1e-6)
    own = MMDLoss(bandwidths=(1., ))(REAL, GENERATED)
    assert own.item() == pytest.approx(mmd2(REAL, GENERATED, (1., )).item())


def test_reductions_and_weights():
    real, generated = torch.randn(3, 4, 2), torch.randn(3, 5, 2)
    each = MMDLoss(reduction='none')(real, generated)
    torch.testing.assert_close(each, mmd2(real, generated))
    torch.testing.assert_close(MMDLoss()(real, generated), each.mean())
    torch.testing.assert_close(
        MMDLoss(reduction='sum')(real, generated), each.sum())
    weight = torch.tensor([[.5, .5, 0., 0.]]).repeat(3, 1)
    torch.testing.assert_close(
        MMDLoss(reduction='none')(real, generated, weight),
        mmd2(real[:, :2], generated))


def test_gradient_reaches_generated_features_only():
    real = REAL.clone().requires_grad_()
    generated = GENERATED.clone().requires_grad_()
    MMDLoss()(real, generated).backward()
    assert real.grad is None and generated.grad.abs().max() > 0


def test_registered_under_its_name():
    loss = MODELS.build(dict(type='MMDLoss', reading='printed'))
    assert isinstance(loss, MMDLoss) and loss.loss_name == 'loss_mmd'


@pytest.mark.parametrize('config, message', [
    (dict(reading='papers'), "reading='papers'"),
    (dict(reading='released', bandwidths=(1., )), "reading='ours'"),
    (dict(reading='printed', bandwidths=(1., )), "reading='ours'"),
    (dict(bandwidths=()), 'empty'),
    (dict(reduction='max'), "reduction='max'"),
    (dict(loss_name='mmd'), "must contain 'loss'"),
])
def test_bad_configs(config, message):
    with pytest.raises(ValueError, match=message):
        MMDLoss(**config)
