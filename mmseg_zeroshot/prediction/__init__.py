"""Trained models at work on photos and on images of a data set."""
from .photos import segment_photos, usable_photos
from .predictor import Predictor, photo_config
from .vocabulary import Vocabulary

__all__ = [
    'Predictor', 'Vocabulary', 'photo_config', 'segment_photos',
    'usable_photos'
]
