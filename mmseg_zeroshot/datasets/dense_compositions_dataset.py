"""The dense embedded data set as MMSegmentation reads it."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mmseg.registry import DATASETS

from ..semantics import CLASS_LISTS
from .compositions_dataset import CompositionsDataset
from .dense_compositions import compose_dense, dense_palette


@DATASETS.register_module()
class DenseCompositionsDataset(CompositionsDataset):
    """Objects named by words on grounds that tell about them.

    :class:`CompositionsDataset` without a background: every pixel has a
    class, four of which are grounds (sky, grass, water, sand), and what lies
    beside an object carries information (see :mod:`.dense_compositions`).

    Args:
        subset: 'train' or 'val'. Default: 'train'.
        data_root: Folder of the files. Default: 'data/compositions_dense'.
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
        ValueError: As :class:`CompositionsDataset`.
    """

    METAINFO = dict(
        classes=CLASS_LISTS['compositions_dense'],
        palette=dense_palette(CLASS_LISTS['compositions_dense']))
    _draw = staticmethod(compose_dense)

    def __init__(self,
                 subset: str = 'train',
                 *,
                 data_root: str = 'data/compositions_dense',
                 num_train: int = 2000,
                 num_val: int = 200,
                 image_size: int = 96,
                 seed: int = 0,
                 metainfo: Mapping | None = None,
                 indices: int | Sequence[int] | None = None,
                 pipeline: Sequence[dict | Callable] = (),
                 test_mode: bool = False,
                 lazy_init: bool = False) -> None:
        super().__init__(
            subset, data_root=data_root, num_train=num_train,
            num_val=num_val, image_size=image_size, seed=seed,
            metainfo=metainfo, indices=indices, pipeline=pipeline,
            test_mode=test_mode, lazy_init=lazy_init)
