"""Methods as graphs of steps; importing this room registers them."""
from . import (
    few_label,
    generative,
    graph_context,
    plain,
    projection,
    recursion,
    self_training,
)
from .planning import DEFAULT, make_plan
from .registry import METHODS, Method, find_method, register_method

__all__ = [
    'DEFAULT',
    'METHODS',
    'Method',
    'few_label',
    'find_method',
    'generative',
    'graph_context',
    'make_plan',
    'plain',
    'projection',
    'recursion',
    'register_method',
    'self_training',
]
