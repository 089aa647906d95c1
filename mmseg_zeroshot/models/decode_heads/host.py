"""The decode head that hands out pixel features."""
from __future__ import annotations

from mmseg.models.decode_heads.cascade_decode_head import BaseCascadeDecodeHead
from mmseg.models.decode_heads.decode_head import BaseDecodeHead
from mmseg.registry import MODELS
from torch import nn

from mmseg_zeroshot.models.no_label import set_no_label


def build_host(host: dict, num_classes: int) -> BaseDecodeHead:
    """Build the decode head that will hand out pixel features.

    Args:
        host: Config of an MMSegmentation decode head.
        num_classes: K, filled into the config. With more than 255 classes
            the head and its losses ignore 65535 in place of 255.

    Returns:
        The head, still with its ``conv_seg``.

    Raises:
        TypeError: ``host`` is not a config.
        ValueError: The config names another number of classes, the head does
            not end in ``cls_seg``, or it ignores an id of its own choice.
    """
    if not isinstance(host, dict):
        raise TypeError(
            f'host must be the config of a decode head, got {type(host)}')
    stated = host.get('num_classes', num_classes)
    if stated != num_classes:
        raise ValueError(
            f'host.num_classes = {stated}, but the split has {num_classes} '
            'classes: leave it out, it is taken from the split')
    head = MODELS.build({**host, 'num_classes': num_classes})
    # A head that needs the scores of a head before it is no host either.
    if (not isinstance(head, BaseDecodeHead)
            or isinstance(head, BaseCascadeDecodeHead)
            or not isinstance(getattr(head, 'conv_seg', None), nn.Conv2d)):
        raise ValueError(
            f'{type(head).__name__} cannot be a host: it has no last layer '
            '`conv_seg`. Decode heads that end in `cls_seg` can, such as '
            'FCNHead, ASPPHead, DepthwiseSeparableASPPHead, PSPHead, '
            'UPerHead, SegformerHead or FPNHead')
    set_no_label(head, num_classes)
    return head
