"""Losses: pure functions and the thin modules on them."""
from .kernels import (
                      PRINTED_BANDWIDTHS,
                      kernel_plan,
                      kernel_sums,
                      median_bandwidths,
)
from .mmd import mmd2, weighted_mmd2
from .mmd_loss import RELEASED_BANDWIDTHS, MMDLoss
from .pixel_losses import (
                      ALELoss,
                      CosineLoss,
                      HingeVisualSemanticLoss,
                      PixelLoss,
)
from .selection import ClassSelection, Selection, SelectionTotals
from .visual_semantic import (
                      cosine_regression,
                      hinge_visual_semantic,
                      weighted_approximate_ranking,
)
from .zs_mmd_loss import ZSMMDLoss, own_class_confidence

__all__ = [
    'PRINTED_BANDWIDTHS', 'RELEASED_BANDWIDTHS', 'ALELoss',
    'ClassSelection', 'CosineLoss', 'HingeVisualSemanticLoss', 'MMDLoss',
    'PixelLoss', 'Selection', 'SelectionTotals', 'ZSMMDLoss',
    'cosine_regression', 'hinge_visual_semantic', 'kernel_plan',
    'kernel_sums', 'median_bandwidths', 'mmd2', 'own_class_confidence',
    'weighted_approximate_ranking', 'weighted_mmd2'
]
