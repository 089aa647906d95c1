"""The embedded data sets as MMSegmentation reads them."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmseg.datasets import BaseSegDataset
from mmseg.registry import DATASETS

from mmseg_zeroshot.semantics import CLASS_LISTS

from .dense_scenes import compose_dense, dense_palette
from .files import SUBSETS, write_compositions
from .scenes import compose
from .words import class_palette


@DATASETS.register_module()
class CompositionsDataset(BaseSegDataset):
    """Images of objects named by words: "striped blue disc" and the like.

    The images are drawn on first use and kept as PNG files under
    ``data_root`` (``img_dir/{train,val}``, ``ann_dir/{train,val}``). The
    same arguments give the same images. Class 0 is the background.

    Args:
        subset: 'train' or 'val'. Default: 'train'.
        data_root: Folder of the files; None is 'data/compositions'.
        num_train: Number of training images. Default: 2000.
        num_val: Number of validation images. Default: 200.
        image_size: Side of an image in pixels. Default: 96.
        seed: Seed of all images. Default: 0.
        metainfo: Overrides of the metainfo.
        indices: Use the first so many images, or these.
        pipeline: Transforms or their configs.
        test_mode: For evaluation. Default: False.
        lazy_init: Put off drawing and listing the files. Default: False.

    Raises:
        ValueError: An argument is out of range, or ``data_root`` holds
            something else (the message says what).
    """

    METAINFO: dict[str, Any] = dict(
        classes=CLASS_LISTS['compositions'],
        palette=class_palette(CLASS_LISTS['compositions']))
    DATA_ROOT = 'data/compositions'
    _draw = staticmethod(compose)

    def __init__(self,
                 subset: str = 'train',
                 *,
                 data_root: str | None = None,
                 num_train: int = 2000,
                 num_val: int = 200,
                 image_size: int = 96,
                 seed: int = 0,
                 metainfo: Mapping | None = None,
                 indices: int | Sequence[int] | None = None,
                 pipeline: Sequence[dict | Callable] = (),
                 test_mode: bool = False,
                 lazy_init: bool = False) -> None:
        if subset not in SUBSETS:
            raise ValueError(
                f'subset must be one of {SUBSETS}, got {subset!r}')
        for name, value, least in (('num_train', num_train, 1),
                                   ('num_val', num_val, 1),
                                   ('image_size', image_size, 16),
                                   ('seed', seed, 0)):
            if not isinstance(value, int) or value < least:
                raise ValueError(f'{name} must be a whole number from '
                                 f'{least} on, got {value!r}')
        self.image_size = image_size
        self.seed = seed
        self.num_images = dict(train=num_train, val=num_val)
        super().__init__(
            img_suffix='.png',
            data_root=data_root or self.DATA_ROOT,
            data_prefix=dict(
                img_path=f'img_dir/{subset}',
                seg_map_path=f'ann_dir/{subset}'),
            metainfo=metainfo,
            indices=indices,
            pipeline=list(pipeline),
            test_mode=test_mode,
            lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """Draw the images if they are not there yet, and list them.

        Returns:
            One data info per image.
        """
        write_compositions(
            self.data_root,
            classes=self.METAINFO['classes'],
            num_images=self.num_images,
            image_size=self.image_size,
            seed=self.seed,
            draw=self._draw,
            palette=self.METAINFO['palette'])
        return super().load_data_list()


@DATASETS.register_module()
class DenseCompositionsDataset(CompositionsDataset):
    """Objects named by words on grounds that tell about them.

    :class:`CompositionsDataset` without a background: every pixel has a
    class, four of which are grounds (sky, grass, water, sand), and what is
    beside an object carries information (see :mod:`.dense_scenes`).

    Its arguments are those of :class:`CompositionsDataset`; the default of
    ``data_root`` is 'data/compositions_dense'.
    """

    METAINFO = dict(
        classes=CLASS_LISTS['compositions_dense'],
        palette=dense_palette(CLASS_LISTS['compositions_dense']))
    DATA_ROOT = 'data/compositions_dense'
    _draw = staticmethod(compose_dense)
