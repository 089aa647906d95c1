"""Folding batch norms must leave the features as they are."""
from __future__ import annotations

import pytest
import torch
from torch import nn

from mmseg_zeroshot.models.frozen_extractor import folded


class Features(nn.Module):
    """A network that is its own segmentor."""

    def pixel_features(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.forward(inputs)


class ConvThenNorm(Features):
    def __init__(self, channels: int = 3, **norm) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(3, **norm)
        self.after = nn.Conv2d(3, 3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.after(self.norm(self.conv(x)).relu())


class NormFirst(ConvThenNorm):
    """Its children stand in another order than they are used in."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.after(self.conv(self.norm(x)).relu())


def trained(model: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    model.norm.running_mean.normal_()
    model.norm.running_var.uniform_(.5, 2)
    return model.eval()


IMAGES = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def test_folds_a_norm_behind_a_convolution():
    model = trained(ConvThenNorm())
    result = folded(model, IMAGES)
    assert isinstance(result.norm, nn.Identity)
    assert isinstance(model.norm, nn.BatchNorm2d)  # itself left alone
    torch.testing.assert_close(result(IMAGES), model(IMAGES), rtol=1e-4,
                               atol=1e-5)


@pytest.mark.parametrize('model', [
    NormFirst(),
    NormFirst(channels=5).requires_grad_(False),
], ids=['other order', 'other width'])
def test_keeps_a_norm_that_is_not_behind_its_convolution(model):
    if model.conv.out_channels == 5:
        model.after = nn.Conv2d(5, 3, 1)
    model = trained(model)
    assert folded(model, IMAGES) is model


def test_keeps_a_norm_without_weights():
    model = ConvThenNorm(affine=False)
    assert folded(model.eval(), IMAGES) is model
