"""Images of several sizes in one batch."""
from __future__ import annotations

from collections.abc import Sequence

from mmengine.runner import Runner
from mmengine.structures import BaseDataElement

from mmseg_zeroshot.engine.hooks.runner_access import unwrapped
from mmseg_zeroshot.utils.typing_utils import Sample


def check_one_size(runner: Runner, name: str,
                   data_batch: Sample | None) -> None:
    """Refuse a batch that the model cannot segment.

    MMSegmentation's preprocessor would end in an assertion that names
    neither the image nor the key.

    Args:
        runner: The runner. A segmentor whose ``takes_several_sizes`` is true
            may have any batch.
        name: Of its loop, ``'val'`` or ``'test'``.
        data_batch: The batch; only lists of images under ``inputs`` are
            looked at.

    Raises:
        ValueError: Its images are of several sizes; the message names two
            and the key to set.
    """
    if not isinstance(data_batch, dict):
        return
    inputs = data_batch.get('inputs')
    model = unwrapped(runner.model)
    if (not isinstance(inputs, (list, tuple))
            or getattr(model, 'takes_several_sizes', False)):
        return
    sizes = [tuple(image.shape[-2:]) for image in inputs]
    other = next((i for i, size in enumerate(sizes) if size != sizes[0]), 0)
    if other:
        samples = data_batch.get('data_samples')
        raise ValueError(
            f'{_image(samples, 0)} is {_text(sizes[0])} and '
            f'{_image(samples, other)} is {_text(sizes[other])} (height x '
            f'width), and {type(model).__name__} takes images of one size in '
            f'a batch: set {name}_dataloader.batch_size=1, or resize them in '
            f'the pipeline')


def _image(samples: Sequence[BaseDataElement] | None, place: int) -> str:
    path = samples[place].metainfo.get('img_path') if samples else None
    return path or f'image {place} of the batch'


def _text(size: tuple[int, ...]) -> str:
    return f'{size[0]}x{size[1]}'
