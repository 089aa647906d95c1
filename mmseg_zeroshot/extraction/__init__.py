"""Feature banks of configs: data set and frozen network by name."""
from .build import build_bank, default_devices
from .configs import bank_config
from .parts import make_dataset, make_extract

__all__ = ['bank_config', 'build_bank', 'default_devices', 'make_dataset',
           'make_extract']
