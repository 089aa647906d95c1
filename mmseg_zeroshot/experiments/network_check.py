"""Whether a network hands out the pixel features that its last layer takes."""
from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS
from torch import nn

from mmseg_zeroshot.models.decode_heads.host import build_host
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .hosts import without_outputs
from .mmseg_config import HOSTS, BaseConfig
from .mmseg_data import type_name

if TYPE_CHECKING:
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead

CAN = ('Decode heads that end in `cls_seg` can, such as '
       + ', '.join(HOSTS[:-1]) + f' or {HOSTS[-1]}')


def check_network(base: BaseConfig, split: ClassSplit) -> None:
    """Build the network without weights and look at its pixel features.

    Args:
        base: The base config.
        split: The split.

    Raises:
        ValueError: It cannot be built, or its head does not hand out what
            its last layer takes.
    """
    init_default_scope('mmseg')
    model = dict(base.model, pretrained=None)
    model['backbone'] = dict(model['backbone'], init_cfg=None)
    model.pop('auxiliary_head', None)
    head = _build_head(without_outputs(model.pop('decode_head')), split)
    width = head.conv_seg.in_channels
    head.conv_seg, head.dropout = nn.Identity(), None
    network = _build(model)
    sizes = [(64, 64), tuple(model['data_preprocessor'].get('size') or ())]
    problem = ''
    for size in filter(None, sizes):
        try:
            with torch.no_grad():
                features = head.eval()(network(torch.zeros(1, 3, *size)))
        except Exception as error:
            # Some networks take one size only.
            problem = f'{type(error).__name__}: {error}'
            continue
        if isinstance(features, (tuple, list)):
            features = features[0]
        if features.shape[1] == width:
            return
        problem = (f'its last layer takes {width} channels and the head '
                   f'returned {features.shape[1]}')
        break
    raise ValueError(f'{type(head).__name__} cannot be a host: it does not '
                     f'hand out what its last layer takes ({problem}). {CAN}')


def _build_head(head: ConfigType, split: ClassSplit) -> BaseDecodeHead:
    try:
        return build_host(head, split.num_classes)
    except ValueError:
        raise
    except Exception as error:  # of the head's own constructor
        raise ValueError(
            f'{type_name(head)} cannot be built as a host: {error}. {CAN}; '
            '--no-check writes the config unchecked') from error


def _build(model: ConfigType) -> nn.Module:
    """Return backbone and neck."""
    try:
        parts = [MODELS.build(model[key]) for key in ('backbone', 'neck')
                 if model.get(key)]
    except (ImportError, KeyError) as error:
        raise ValueError(
            f'the network cannot be built here: {error}. Install what it '
            'needs, or write the config unchecked with --no-check') from error
    return nn.Sequential(*parts).eval()
