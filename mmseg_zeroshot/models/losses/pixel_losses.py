"""Loss modules of the baselines, with the interface of MMSeg's losses."""
from __future__ import annotations

from mmseg.models.losses.utils import weight_reduce_loss
from mmseg.registry import MODELS
from torch import Tensor, nn

from .mmd_loss import check_choice, check_loss_name
from .visual_semantic import (
    cosine_regression,
    hinge_visual_semantic,
    weighted_approximate_ranking,
)

_REDUCTIONS = ('mean', 'sum', 'none')


class PixelLoss(nn.Module):
    """A loss per pixel, weighted and averaged as MMSeg's losses are.

    Args:
        reduction: ``'mean'`` over the pixels that are not ignored,
            ``'sum'`` or ``'none'``.
        loss_weight: Factor of the loss.
        loss_name: Key of the loss, which must contain ``loss``.
    """

    def __init__(self, *, reduction: str, loss_weight: float,
                 loss_name: str) -> None:
        super().__init__()
        self.reduction = check_choice('reduction', reduction, _REDUCTIONS)
        self.loss_weight = loss_weight
        self._loss_name = check_loss_name(loss_name)

    @property
    def loss_name(self) -> str:
        """Key of the loss in the log."""
        return self._loss_name

    def per_pixel(self, seg_logits: Tensor, label: Tensor,
                  ignore_index: int) -> Tensor:
        """Return (N, H, W) losses, 0 on ignored pixels."""
        raise NotImplementedError

    def forward(self,
                seg_logits: Tensor,
                label: Tensor,
                weight: Tensor | None = None,
                avg_factor: float | Tensor | None = None,
                reduction_override: str | None = None,
                ignore_index: int = 255) -> Tensor:
        """Compute the loss.

        Args:
            seg_logits: (N, K, H, W) class scores, or (N, K) of vectors.
            label: (N, H, W) class ids, or (N,).
            weight: (N, H, W) pixel weights, 1 where None.
            avg_factor: What a mean divides by; the number of pixels that are
                not ignored where None.
            reduction_override: Takes the place of ``reduction``.
            ignore_index: Label of pixels that cost nothing.

        Returns:
            A scalar, or (N, H, W) with reduction ``'none'``.
        """
        reduction = check_choice('reduction_override', reduction_override
                                 or self.reduction, _REDUCTIONS)
        # A low-precision type could not resolve the average over an image.
        losses = self.per_pixel(seg_logits, label, ignore_index).float()
        if weight is not None:
            weight = weight.float().view_as(losses)
        if avg_factor is None and reduction == 'mean':
            avg_factor = (label != ignore_index).sum().clamp(min=1)
        return self.loss_weight * weight_reduce_loss(losses, weight, reduction,
                                                     avg_factor)


@MODELS.register_module()
class HingeVisualSemanticLoss(PixelLoss):
    """The baseline loss HVSL of SPNet, eq. 6.

    Args:
        margin: Margin between the true and a wrong class.
        full_sum: Sum over all wrong classes; by default one is drawn at
            random for each pixel, as in the paper.
        reduction: See :class:`PixelLoss`.
        loss_weight: Factor of the loss.
        loss_name: Key of the loss, which must contain ``loss``.

    Raises:
        ValueError: The margin is not positive.
    """

    def __init__(self,
                 *,
                 margin: float = 1.,
                 full_sum: bool = False,
                 reduction: str = 'mean',
                 loss_weight: float = 1.,
                 loss_name: str = 'loss_hinge') -> None:
        super().__init__(
            reduction=reduction, loss_weight=loss_weight, loss_name=loss_name)
        self.margin = _check_margin(margin, type(self))
        self.full_sum = full_sum

    def per_pixel(self, seg_logits: Tensor, label: Tensor,
                  ignore_index: int) -> Tensor:
        """Return (N, H, W) losses, 0 on ignored pixels."""
        return hinge_visual_semantic(
            seg_logits,
            label,
            margin=self.margin,
            full_sum=self.full_sum,
            ignore_index=ignore_index)


@MODELS.register_module()
class CosineLoss(PixelLoss):
    """The loss of the DeViSE baseline of ZS3Net, on cosine scores.

    Args:
        reduction: See :class:`PixelLoss`.
        loss_weight: Factor of the loss.
        loss_name: Key of the loss, which must contain ``loss``.
    """

    def __init__(self,
                 *,
                 reduction: str = 'mean',
                 loss_weight: float = 1.,
                 loss_name: str = 'loss_cosine') -> None:
        super().__init__(
            reduction=reduction, loss_weight=loss_weight, loss_name=loss_name)

    def per_pixel(self, seg_logits: Tensor, label: Tensor,
                  ignore_index: int) -> Tensor:
        """Return (N, H, W) losses, 0 on ignored pixels."""
        return cosine_regression(seg_logits, label, ignore_index=ignore_index)


@MODELS.register_module()
class ALELoss(PixelLoss):
    """The weighted approximate ranking loss of the ALE baseline.

    Args:
        margin: Margin between the true and a wrong class.
        reduction: See :class:`PixelLoss`.
        loss_weight: Factor of the loss.
        loss_name: Key of the loss, which must contain ``loss``.

    Raises:
        ValueError: The margin is not positive.
    """

    def __init__(self,
                 *,
                 margin: float = 1.,
                 reduction: str = 'mean',
                 loss_weight: float = 1.,
                 loss_name: str = 'loss_ale') -> None:
        super().__init__(
            reduction=reduction, loss_weight=loss_weight, loss_name=loss_name)
        self.margin = _check_margin(margin, type(self))

    def per_pixel(self, seg_logits: Tensor, label: Tensor,
                  ignore_index: int) -> Tensor:
        """Return (N, H, W) losses, 0 on ignored pixels."""
        return weighted_approximate_ranking(
            seg_logits, label, margin=self.margin, ignore_index=ignore_index)


def _check_margin(margin: float, owner: type) -> float:
    """Return ``margin``, which must be positive."""
    if not margin > 0:
        raise ValueError(f'{owner.__name__}(margin={margin!r}): the margin '
                         'must be positive, or constant scores cost nothing')
    return margin
