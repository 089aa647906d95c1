"""MMSegmentation configs, turned into zero-shot ones."""
from .base_config import BaseConfig, read_base
from .write import METHODS, write_configs

__all__ = ['METHODS', 'BaseConfig', 'read_base', 'write_configs']
