"""Backbones that mmseg lacks."""

from .efficientnet_lite import EfficientNetLite
from .vgg16 import VGG16

__all__ = ['VGG16', 'EfficientNetLite']
