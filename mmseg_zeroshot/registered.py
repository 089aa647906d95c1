"""Importing this module registers every type of the package.

Nobody has to import it: see `_registration`.
"""
from . import datasets, engine, evaluation, models, visualization
from ._stack import trust_checkpoint_globals
from .evaluation import zero_shot_iou_metric

trust_checkpoint_globals()

__all__ = ['datasets', 'engine', 'evaluation', 'models', 'visualization',
           'zero_shot_iou_metric']
