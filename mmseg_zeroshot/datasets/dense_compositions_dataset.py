"""The dense embedded data set as MMSegmentation reads it."""
from __future__ import annotations

from mmseg.registry import DATASETS

from mmseg_zeroshot.semantics import CLASS_LISTS

from .compositions_dataset import CompositionsDataset
from .dense_compositions import compose_dense, dense_palette


@DATASETS.register_module()
class DenseCompositionsDataset(CompositionsDataset):
    """Objects named by words on grounds that tell about them.

    :class:`CompositionsDataset` without a background: every pixel has a
    class, four of which are grounds (sky, grass, water, sand), and what lies
    beside an object carries information (see :mod:`.dense_compositions`).

    Its arguments are those of :class:`CompositionsDataset`; the default of
    ``data_root`` is 'data/compositions_dense'.
    """

    METAINFO = dict(
        classes=CLASS_LISTS['compositions_dense'],
        palette=dense_palette(CLASS_LISTS['compositions_dense']))
    DATA_ROOT = 'data/compositions_dense'
    _draw = staticmethod(compose_dense)
