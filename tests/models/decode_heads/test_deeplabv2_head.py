"""DeepLab-v2's summed branches, alone and as a host."""
import pytest
import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import nn

from mmseg_zeroshot.models import DeepLabV2Head, SemanticProjectionHead

HOST = dict(
    type='DeepLabV2Head', in_channels=6, channels=7, dilations=(1, 2, 3),
    in_index=0, dropout_ratio=0.0)


def test_the_branches_are_summed():
    head = MODELS.build({**HOST, 'num_classes': 4})
    head.init_weights()
    features = torch.randn(2, 6, 9, 8)
    expected = sum(
        F.conv2d(features, branch[0].weight, branch[0].bias, padding=d,
                 dilation=d) for d, branch in zip((1, 2, 3), head.branches))
    torch.testing.assert_close(
        head([features]), F.conv2d(expected, head.conv_seg.weight,
                                   head.conv_seg.bias))


def test_papers_dilations_and_initialisation():
    head = DeepLabV2Head(in_channels=64, channels=32, num_classes=3)
    head.init_weights()
    assert [b[0].dilation for b in head.branches] == [
        (6, 6), (12, 12), (18, 18), (24, 24)]
    for conv in [m for m in head.modules() if isinstance(m, nn.Conv2d)]:
        assert conv.weight.std().item() == pytest.approx(.01, rel=.15)
        assert conv.bias.abs().max() == 0


def test_hidden_layers_are_those_of_vgg():
    head = DeepLabV2Head(
        in_channels=6, channels=7, num_classes=3, dilations=(2, ),
        hidden_channels=10, hidden_dropout=0.)
    head.init_weights()
    first, _, _, second, _, _, third = head.branches[0]
    features = torch.randn(1, 6, 5, 5)
    hidden = F.relu(second(F.relu(first(features))))
    torch.testing.assert_close(
        head([features]), head.conv_seg(third(hidden)))
    assert (first.kernel_size, first.dilation) == ((3, 3), (2, 2))
    assert second.kernel_size == third.kernel_size == (1, 1)
    assert third.out_channels == 7


def test_as_a_host_the_sum_is_the_embedding(split, embeddings, samples):
    head = SemanticProjectionHead(
        HOST, split=split, embeddings=embeddings, project=False)
    head.init_weights()
    inputs = [torch.randn(2, 6, 8, 8)]
    phi = head.pixel_features(inputs)
    torch.testing.assert_close(
        phi, sum(branch(inputs[0]) for branch in head.host.branches))
    losses = head.loss(inputs, samples, {})
    losses['loss_ce'].backward()
    assert all(p.grad.abs().sum() > 0 for p in head.parameters())


def test_a_plain_checkpoint_becomes_one_of_the_host(split, embeddings):
    plain = MODELS.build({**HOST, 'num_classes': 5})
    plain.init_weights()
    head = SemanticProjectionHead(
        HOST, split=split, embeddings=embeddings, project=False)
    head.load_state_dict(plain.state_dict())
    assert torch.equal(head.host.branches[2][0].weight,
                       plain.branches[2][0].weight)


@pytest.mark.parametrize('arguments', [
    dict(dilations=()), dict(dilations=(6, 0)), dict(hidden_dropout=1.0),
    dict(hidden_dropout=-.1)])
def test_wrong_arguments_are_named(arguments):
    name = next(iter(arguments))
    with pytest.raises(ValueError, match=f'DeepLabV2Head.{name}='):
        DeepLabV2Head(in_channels=6, channels=7, num_classes=3, **arguments)
