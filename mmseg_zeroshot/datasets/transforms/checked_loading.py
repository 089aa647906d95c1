"""A loading step whose errors name the file."""
from __future__ import annotations

import os
from collections.abc import Callable

from mmcv.transforms import BaseTransform
from mmseg.registry import TRANSFORMS

from mmseg_zeroshot.utils.images import open_image
from mmseg_zeroshot.utils.label_values import HIGHEST

from .label_files import casts_to_bytes, check_label_file
from .wide_annotations import LoadWideAnnotations

# File suffix -> (bytes that end a whole file, how far from its end they may
# stand: some cameras append padding).
_ENDINGS = {
    '.jpg': (b'\xff\xd9', 2048),
    '.jpeg': (b'\xff\xd9', 2048),
    '.png': (b'IEND', 64),
}
_MASK = 'seg_map_path'
_KEYS = ('img_path', _MASK)


@TRANSFORMS.register_module()
class CheckedLoading(BaseTransform):
    """Run a loading step; fail with the file's name, also on half a file.

    OpenCV fills the missing part of a truncated JPEG with grey and goes on,
    so a copy that was cut off would be trained on. MMSegmentation casts label
    maps to bytes, so id 257 would be trained on as 1.

    Args:
        step: The loading transform, or its config.
        key: The sample's key of the file that ``step`` reads. Default:
            'img_path'.

    Raises:
        ValueError: ``key`` is neither 'img_path' nor 'seg_map_path'.
    """

    def __init__(self,
                 step: dict | Callable[[dict], dict | None],
                 key: str = 'img_path') -> None:
        if key not in _KEYS:
            raise ValueError(f'key must be one of {_KEYS}, got {key!r}')
        self.step: Callable[[dict], dict | None] = (
            TRANSFORMS.build(step) if isinstance(step, dict) else step)
        self.key = key

    def transform(self, results: dict) -> dict | None:
        """Load one file of a sample.

        Args:
            results: The sample.

        Returns:
            What the step returns.

        Raises:
            FileNotFoundError: The file is missing.
            OSError: It cannot be read or ends too early.
            ValueError: It is a label map that the step takes for another,
                see :func:`check_label_file`.
        """
        path = results.get(self.key)
        loaded = self._load(results, path)
        if path is not None and self.key == _MASK:
            self._check_labels(path)
        return loaded

    def _check_labels(self, path: str) -> None:
        """Look at the file's own values, which the step has cast."""
        if isinstance(self.step, LoadWideAnnotations):
            check_label_file(path, self.step, HIGHEST)
        elif casts_to_bytes(self.step):
            check_label_file(path, self.step)

    def _load(self, results: dict, path: str | None) -> dict | None:
        """Run the step."""
        try:
            loaded = self.step(results)
            if path is not None:
                check_whole(path)
        except FileNotFoundError as error:
            raise FileNotFoundError(f'no such file: {path}') from error
        except Exception as error:
            raise OSError(
                f'cannot load {path} ({type(error).__name__}: {error}): is '
                'the file truncated, or in another format?') from error
        return loaded

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.step!r}, key={self.key!r})'


def check_whole(path: str | os.PathLike) -> None:
    """Raise if a local JPEG or PNG file ends before its picture does.

    Only a file without the usual last bytes is decoded to find out, so a
    whole file costs one short read. Other formats and remote files pass.

    Args:
        path: The image file.

    Raises:
        OSError: The file is truncated.
    """
    ending = _ENDINGS.get(os.path.splitext(path)[1].lower())
    if ending is None or not os.path.isfile(path):
        return
    with open(path, 'rb') as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - ending[1]))
        if ending[0] in file.read():
            return
    with open_image(path) as image:
        image.load()
