"""Scores of seen and unseen classes, and the curve of the calibration.

`scores` and `assessment` need numpy only, so nothing here imports PyTorch
before it is used.
"""
from typing import TYPE_CHECKING

from mmseg_zeroshot._lazy import lazy_names

if TYPE_CHECKING:
    from .confusion import confusion_matrix
    from .gamma_curve import GammaCurve
    from .scores import per_class_scores, vanilla_scores, zero_shot_scores
    from .zero_shot_iou_metric import ZeroShotIoUMetric
else:
    __getattr__, __dir__ = lazy_names(__name__, {
        'confusion_matrix': 'confusion', 'GammaCurve': 'gamma_curve',
        'per_class_scores': 'scores', 'vanilla_scores': 'scores',
        'zero_shot_scores': 'scores',
        'ZeroShotIoUMetric': 'zero_shot_iou_metric'})

__all__ = [
    'GammaCurve', 'ZeroShotIoUMetric', 'confusion_matrix', 'per_class_scores',
    'vanilla_scores', 'zero_shot_scores'
]
