"""Scores of seen and unseen classes, and the curve of the calibration."""
from .confusion import confusion_matrix
from .gamma_curve import GammaCurve
from .scores import per_class_scores, vanilla_scores, zero_shot_scores
from .zero_shot_iou_metric import ZeroShotIoUMetric

__all__ = [
    'GammaCurve', 'ZeroShotIoUMetric', 'confusion_matrix', 'per_class_scores',
    'vanilla_scores', 'zero_shot_scores'
]
