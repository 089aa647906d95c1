"""Pipelines in which no step after the loading sees a hidden label."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from mmcv.transforms import LoadAnnotations
from mmengine.dataset import Compose
from mmseg.datasets.transforms import LoadAnnotations as LoadSegAnnotations
from mmseg.registry import TRANSFORMS

from mmseg_zeroshot.utils.typing_utils import ConfigValue

from .transforms import CheckedLoading, HideLabels
from .wide_steps import for_classes

Step = dict | Callable[[dict], dict | None]

# Arguments of a step that hold other steps.
_NESTING = ('transforms', 'transform')
# Loaders of label maps that are not mmcv's LoadAnnotations.
_OTHER_LOADERS = ('LoadBiomedicalAnnotation', 'LoadBiomedicalData')


def build_pipeline(steps: Sequence[Step], hide: HideLabels) -> Compose:
    """Build a pipeline with ``hide`` behind every step that loads labels.

    Loading steps get errors that name the file. Steps inside other steps
    (``TestTimeAug``, ``RandomChoice`` ...) are treated the same if they are
    given as configs.

    Args:
        steps: Transforms or their configs.
        hide: What removes the hidden labels.

    Returns:
        The pipeline.

    Raises:
        ValueError: There are steps, but none that is known to load labels,
            while there is something to hide.
    """
    built: list[Callable] = []
    for step in steps:
        new = _guarded(step, hide)
        built.extend(new.transforms if isinstance(new, Compose) else [new])
    if steps and hide.hidden_ids and not loads_labels(steps):
        raise ValueError(
            'no step of the pipeline is known to load labels, so labels of '
            'hidden classes could not be removed: use LoadAnnotations, or '
            'set `loads_labels = True` on the class of your own transform')
    return Compose(built)


def label_loader(steps: Sequence[Step], num_classes: int) -> CheckedLoading:
    """Return a step that loads label maps as a pipeline's own step does.

    Args:
        steps: Transforms or their configs; without a label-loading one,
            MMSegmentation's ``LoadAnnotations`` is taken.
        num_classes: Length K of the class list.

    Returns:
        The loading step alone, with errors that name the file.
    """
    step = next(filter(_is_loader, steps), LoadSegAnnotations())
    return CheckedLoading(for_classes(_built(step), num_classes),
                          key='seg_map_path')


def loads_labels(steps: ConfigValue) -> bool:
    """Tell whether a step, at any depth, is known to load labels.

    Args:
        steps: A transform, its config, or lists of them.

    Returns:
        True if so.
    """
    if isinstance(steps, (list, tuple)):
        return any(loads_labels(step) for step in steps)
    if isinstance(steps, dict) and 'type' in steps:
        inside = [steps[key] for key in _NESTING if key in steps]
        return _is_loader(steps) or loads_labels(inside)
    return callable(steps) and _is_loader(steps)


def _guarded(step: Step, hide: HideLabels) -> Callable:
    """Build one step, with what must stand around it."""
    if _is_loader(step):
        loader = for_classes(_built(step), hide.num_classes)
        return hide.behind(CheckedLoading(loader, key='seg_map_path'))
    if _type(step).__name__.startswith('Load'):
        return CheckedLoading(step)
    if isinstance(step, dict):
        inner = {key: _nested(value, hide) for key, value in step.items()
                 if key in _NESTING}
        step = {**step, **inner}
    return for_classes(_built(step), hide.num_classes)


def _built(step: Step) -> Callable[[dict], dict | None]:
    """Build a step that is given as its config."""
    return TRANSFORMS.build(step) if isinstance(step, dict) else step


def _nested(value: ConfigValue, hide: HideLabels) -> ConfigValue:
    """Guard the steps inside an argument of a step, in the same layout."""
    if isinstance(value, (list, tuple)):
        return [_nested(item, hide) for item in value]
    if isinstance(value, dict) and 'type' in value:
        return _guarded(value, hide)
    return value


def _is_loader(step: Step) -> bool:
    """Tell whether a step itself puts a label map into the sample."""
    kind = _type(step)
    marked = getattr(kind, 'loads_labels', None)
    if marked is not None:
        return bool(marked)
    return (issubclass(kind, LoadAnnotations)
            or kind.__name__ in _OTHER_LOADERS)


def _type(step: Step) -> type:
    """Return the class of a step or of its config."""
    if not isinstance(step, dict):
        return type(step)
    kind = step['type']
    if isinstance(kind, str):
        found = TRANSFORMS.get(kind)
        if found is None:
            raise KeyError(f'{kind!r} is not a registered transform')
        kind = found
    # A function in place of a class loads nothing that we know of.
    return kind if isinstance(kind, type) else type(kind)
