"""Zero-shot semantic segmentation for MMSegmentation.

Importing this package registers everything; configs do it by
``custom_imports = dict(imports=['mmseg_zeroshot'])``.
"""

from ._stack import prepare_stack

# Before anything imports mmseg: a missing or doubled stack is explained here.
prepare_stack()

from . import (  # noqa: E402
    datasets,
    engine,
    evaluation,
    models,
    visualization,
)
from .datasets import region_graph  # noqa: E402
from .evaluation import GammaCurve, zero_shot_scores  # noqa: E402
from .models.losses import mmd2, weighted_mmd2  # noqa: E402
from .semantics import (  # noqa: E402
    ClassEmbeddings,
    ClassSplit,
    get_split,
    load_embeddings,
)
from .version import __version__  # noqa: E402

__all__ = [
    'ClassEmbeddings',
    'ClassSplit',
    'GammaCurve',
    '__version__',
    'datasets',
    'engine',
    'evaluation',
    'get_split',
    'load_embeddings',
    'mmd2',
    'models',
    'region_graph',
    'visualization',
    'weighted_mmd2',
    'zero_shot_scores',
]
