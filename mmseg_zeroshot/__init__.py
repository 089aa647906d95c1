"""Zero-shot semantic segmentation for MMSegmentation.

Configs load the package by ``custom_imports = dict(imports=[
'mmseg_zeroshot'])``; then MMSegmentation finds all its types.

The import is cheap. A public name is imported when it is first used, and the
types are registered before the first lookup (see `_registration`). An
installation with two stacks is explained at once. One without a stack offers
words, splits and the scoring of files, and says what networks need.
"""
from typing import TYPE_CHECKING

from ._lazy import lazy_names
from ._registration import register
from ._stack import prepare_stack
from .version import __version__

if TYPE_CHECKING:
    from . import (
        datasets,
        engine,
        evaluation,
        models,
        semantics,
        visualization,
    )
    from .datasets import region_graph
    from .evaluation import GammaCurve, zero_shot_scores
    from .models.losses import mmd2, weighted_mmd2
    from .scoring import Scored, score_folder
    from .semantics import (
        ClassEmbeddings,
        ClassSplit,
        get_split,
        load_embeddings,
    )
else:
    __getattr__, __dir__ = lazy_names(__name__, {
        **{room: room for room in (
            'datasets', 'engine', 'evaluation', 'models', 'semantics',
            'visualization')},
        'ClassEmbeddings': 'semantics', 'ClassSplit': 'semantics',
        'get_split': 'semantics', 'load_embeddings': 'semantics',
        'GammaCurve': 'evaluation', 'zero_shot_scores': 'evaluation',
        'mmd2': 'models.losses', 'weighted_mmd2': 'models.losses',
        'Scored': 'scoring', 'score_folder': 'scoring',
        'region_graph': 'datasets', '__version__': 'version'})

# Before anything imports mmseg: a doubled stack is explained here.
prepare_stack()
register()

__all__ = [
    'ClassEmbeddings',
    'ClassSplit',
    'GammaCurve',
    'Scored',
    '__version__',
    'datasets',
    'engine',
    'evaluation',
    'get_split',
    'load_embeddings',
    'mmd2',
    'models',
    'region_graph',
    'score_folder',
    'semantics',
    'visualization',
    'weighted_mmd2',
    'zero_shot_scores',
]
