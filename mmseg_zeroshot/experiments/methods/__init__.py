"""Methods as graphs of steps; importing this room registers them."""
from importlib import import_module
from pkgutil import iter_modules

from .planning import DEFAULT, make_plan
from .registry import METHODS, Method, Paper, find_method, register_method

# Every module of the room, so that a method's own is listed nowhere.
for _module in iter_modules(__path__, f'{__name__}.'):
    import_module(_module.name)

__all__ = ['DEFAULT', 'METHODS', 'Method', 'Paper', 'find_method',
           'make_plan', 'register_method']
