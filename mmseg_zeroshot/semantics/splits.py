"""The published class splits, by name.

Sources: ZS3 (Bucher et al., NeurIPS 2019, section 4.1), SPNet (Xian et al.,
CVPR 2019, section 4), recursive training (Wang et al., 2021), CaGNet (Gu et
al., ACM MM 2020).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

from .class_split import ClassSplit, check_bool
from .names import hint

# K = 2, 4, 6, 8, 10: each adds two classes to the one before.
_ZS3_VOC = ('cow', 'motorbike', 'aeroplane', 'sofa', 'cat', 'tvmonitor',
            'train', 'bottle', 'chair', 'pottedplant')
_ZS3_CONTEXT = ('cow', 'motorbike', 'sofa', 'cat', 'boat', 'fence', 'bird',
                'tvmonitor', 'keyboard', 'aeroplane')

# Every word of an unseen name is seen in other names, and so is every pair
# of its words: only the combination is new. The same holds for validation.
_COMPOSITIONS_UNSEEN = (
    'solid red disc', 'solid green square', 'solid blue star',
    'striped red square', 'striped yellow disc', 'dotted green disc',
    'dotted blue square', 'dotted yellow star')
_COMPOSITIONS_VALIDATION = (
    'solid yellow square', 'striped green star', 'striped blue disc',
    'dotted red star')


def _nested(prefix: str, classes: str,
            unseen: tuple[str, ...]) -> dict[str, ConfigType]:
    """The five nested splits K = 2 ... 10 of one list of unseen classes."""
    return {f'{prefix}-k{k}': dict(classes=classes, unseen=unseen[:k])
            for k in (2, 4, 6, 8, 10)}


# Split name -> arguments of ClassSplit.from_dict (without its name).
SPLITS: dict[str, ConfigType] = {
    **_nested('voc12-zs3', 'voc21', _ZS3_VOC),
    **_nested('context-zs3', 'context59', _ZS3_CONTEXT),
    # The released code trains and scores Context's id 0 as a seen class.
    **_nested('context60-zs3', 'context60', _ZS3_CONTEXT),
    # The recursive-training paper states VOC's list for Context too, though
    # it compares with numbers on ZS3's own list.
    **_nested('context-recursive', 'context59', _ZS3_VOC),
    **_nested('context60-recursive', 'context60', _ZS3_VOC),
    'voc12-spnet': dict(
        classes='voc21',
        unseen=('pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor'),
        ignored=('background', ),
        validation=('horse', 'motorbike', 'person')),
    'cocostuff-spnet': dict(
        classes='cocostuff171',
        unseen=('cow', 'giraffe', 'suitcase', 'frisbee', 'skateboard',
                'carrot', 'scissors', 'cardboard', 'clouds', 'grass',
                'playingfield', 'river', 'road', 'tree', 'wall-concrete'),
        validation=('motorcycle', 'elephant', 'baseball bat', 'wine glass',
                    'banana', 'chair', 'keyboard', 'refrigerator', 'branch',
                    'light', 'napkin', 'pavement')),
    # 'Ignored background' here means pixels of none of the 33 classes: they
    # carry no label, so there is no class to list as ignored.
    'context-cagnet-29-4': dict(
        classes='context33', unseen=('cow', 'motorbike', 'sofa', 'cat')),
    'compositions-k8': dict(
        classes='compositions', unseen=_COMPOSITIONS_UNSEEN,
        validation=_COMPOSITIONS_VALIDATION),
    'compositions-dense-k8': dict(
        classes='compositions_dense', unseen=_COMPOSITIONS_UNSEEN,
        validation=_COMPOSITIONS_VALIDATION),
}


SplitSpec: TypeAlias = str | ConfigPart | ClassSplit
"""What stands for a split in a config: see :func:`build_split`."""


def get_split(name: str) -> ClassSplit:
    """A shipped split by name.

    Args:
        name (str): A key of :data:`SPLITS`; with the suffix ``-cv``, the
            split with its validation classes held out.

    Returns:
        ClassSplit: The split, which carries its name.

    Raises:
        ValueError: If the name is unknown; the message lists the nearest.
    """
    if name in SPLITS:
        return ClassSplit.from_dict({**SPLITS[name], 'name': name})
    if name.endswith('-cv') and name[:-3] in SPLITS:
        return get_split(name[:-3]).hold_out_validation()
    raise ValueError(f'unknown split {name!r}.' + hint(name, SPLITS))


def build_split(spec: SplitSpec) -> ClassSplit:
    """The split that a config key stands for.

    Args:
        spec (SplitSpec): A shipped name, or the
            arguments of :class:`ClassSplit` by name, or a split. With
            ``hold_out=True`` among the arguments, the validation classes
            are held out, as by the suffix ``-cv`` of a shipped name.

    Returns:
        ClassSplit: The checked split.

    Raises:
        ValueError: If the name, a key or a class is unknown, or there are
            no validation classes to hold out.
        TypeError: If ``spec`` is of another type.

    Example:
        >>> build_split(dict(classes='voc21', unseen=['cow', 'cat'])).unseen
        ('cat', 'cow')
    """
    if isinstance(spec, ClassSplit):
        return spec
    if isinstance(spec, str):
        return get_split(spec)
    if isinstance(spec, Mapping):
        values = dict(spec)
        hold_out = values.pop('hold_out', False)
        check_bool('hold_out', hold_out, values.get('name', 'custom'))
        split = ClassSplit.from_dict(values)
        return split.hold_out_validation() if hold_out else split
    raise TypeError(
        'split must be the name of a shipped split, a dict(classes=..., '
        f'unseen=[...]) or a ClassSplit, got {type(spec).__name__}')
