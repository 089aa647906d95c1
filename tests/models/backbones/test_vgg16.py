"""VGG-16 at stride 8, 16 and 32."""
import pytest
import torch
from mmcv.cnn import VGG
from mmseg.registry import MODELS
from torch import nn

from mmseg_zeroshot.models.backbones import VGG16

# One sixteenth of the work: the tests look at structure.
IMAGES = (1, 3, 32, 48)


@pytest.mark.parametrize('stride, strides, dilation', [
    (32, (2, 4, 8, 16, 32), 1), (16, (2, 4, 8, 16, 16), 1),
    (8, (2, 4, 8, 8, 8), 2)])
def test_strides_and_dilation(stride, strides, dilation):
    model = VGG16(output_stride=stride)
    outputs = model(torch.randn(IMAGES))
    assert [tuple(o.shape[1:]) for o in outputs] == [
        (channels, 32 // s, 48 // s)
        for channels, s in zip((64, 128, 256, 512, 512), strides)]
    convs = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert len(convs) == 13
    assert {c.dilation for c in convs[:10]} == {(1, 1)}
    assert {c.dilation for c in convs[10:]} == {(dilation, dilation)}
    assert all(c.padding == c.dilation for c in convs)


def test_at_stride_32_it_is_the_classification_network():
    """With the weights of one that was not dilated, by their names."""
    plain = VGG(16, out_indices=(4, ))
    dilated = VGG16(output_stride=8)
    dilated.load_state_dict(plain.state_dict())
    whole = VGG16(output_stride=32, out_indices=(4, ))
    whole.load_state_dict(plain.state_dict())
    images = torch.randn(IMAGES)
    assert torch.equal(whole(images)[0], plain(images))
    # Stages before the first pooling that is replaced are the same, too.
    assert torch.equal(dilated(images)[2],
                       VGG.forward(_levels(plain, (0, 1, 2)), images)[2])


def _levels(model: VGG, out_indices: tuple) -> VGG:
    model.out_indices = out_indices
    return model


def test_a_replaced_pooling_keeps_every_pixel():
    """Strided features are a grid among the maxima around them."""
    plain = _levels(VGG(16), (3, ))
    dilated = VGG16(output_stride=8, out_indices=(3, ))
    dilated.load_state_dict(plain.state_dict())
    images = torch.randn(IMAGES)
    strided, dense = plain(images), dilated(images)[0]
    # A 3x3 maximum of stride 1 covers a 2x2 one of stride 2.
    assert (dense[..., ::2, ::2] >= strided - 1e-6).all()


def test_frozen_stages_stay_out_of_the_optimizer_from_the_start():
    model = VGG16(frozen_stages=2)
    names = [n for n, p in model.named_parameters() if not p.requires_grad]
    assert names == [f'features.{i}.{kind}' for i in (0, 2, 5, 7)
                     for kind in ('weight', 'bias')]
    model.train()
    assert model.training and not model.features[0].weight.requires_grad


def test_pretrained_weights_are_loaded(tmp_path):
    source = VGG(16)
    torch.save(source.state_dict(), tmp_path / 'vgg16.pth')
    model = MODELS.build(
        dict(type='VGG16', pretrained=str(tmp_path / 'vgg16.pth')))
    model.init_weights()
    for name, value in source.state_dict().items():
        assert torch.equal(model.state_dict()[name], value)


@pytest.mark.parametrize('arguments, message', [
    (dict(output_stride=4), 'output_stride=4'),
    (dict(out_indices=(5, )), r'out_indices=\(5,\)'),
    (dict(out_indices=()), r'out_indices=\(\)'),
    (dict(frozen_stages=6), 'frozen_stages=6'),
    (dict(pretrained='a', init_cfg=dict()), None),
    (dict(pretrained='a', init_cfg=dict(type='Kaiming')), 'either'),
])
def test_wrong_arguments_are_named(arguments, message):
    if message is None:
        assert VGG16(**arguments).init_cfg['checkpoint'] == 'a'
        return
    with pytest.raises(ValueError, match=message):
        VGG16(**arguments)
