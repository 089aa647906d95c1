"""From a config file and a checkpoint to a model, read safely and checked."""
from .configs import open_config
from .models import build_model, load_model, load_runner

__all__ = ['build_model', 'load_model', 'load_runner', 'open_config']
