"""Zero-shot image classification: features, classifier, training, scores."""
from .bilinear import CLASSIFICATION_LOSSES, BilinearClassifier
from .features import AttributeFeatures, load_attribute_features
from .scores import best_harmonic, calibrated_top1, top1_per_class, zsl_top1
from .training import train_epochs

__all__ = [
    'CLASSIFICATION_LOSSES', 'AttributeFeatures', 'BilinearClassifier',
    'best_harmonic', 'calibrated_top1', 'load_attribute_features',
    'top1_per_class', 'train_epochs', 'zsl_top1'
]
