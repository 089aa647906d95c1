"""DeepLab-v2's multi-scale inputs, around any segmentor with one head."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from mmseg.models.segmentors import EncoderDecoder
from mmseg.models.utils import resize
from mmseg.registry import MODELS
from mmseg.utils import add_prefix
from torch import Tensor

from .zero_shot_segmentor import ZeroShotSegmentor


class MultiScale(EncoderDecoder):
    """Score an image at several scales and take each class's maximum.

    .. code:: text

        loss():    for each scale: resize -> extract_feat() -> scores -> loss
                   and one loss of the maximum over the scales
        predict(): the maximum -> decode_head.predict_by_feat()

    The scores of a scale are brought to the size of the first one's before
    the maximum is taken (DeepLab-v2, section 3.1 and 4.1; SPNet trains so).
    The losses are summed; auxiliary heads see the first scale. A step costs
    the sum of ``scale ** 2`` times that of one scale, 1.8 times by default.

    Args:
        scales: Factors of the image's height and width.
        **kwargs: Of ``EncoderDecoder``.

    Raises:
        ValueError: There is no scale, one is not positive or there twice; or
            the head does not train its extractor.
        TypeError: The head returns more than scores.
    """

    def __init__(self,
                 *,
                 scales: Sequence[float] = (1.0, 0.75, 0.5),
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        if (not scales or min(scales) <= 0
                or len(set(scales)) < len(scales)):
            raise ValueError(f'{name}(scales={scales!r}): give distinct '
                             'positive factors of the image size')
        if not getattr(self.decode_head, 'trains_extractor', True):
            raise ValueError(
                f'{name}: {type(self.decode_head).__name__} keeps its '
                'extractor fixed and learns from single pixels; use '
                "type='ZeroShotSegmentor'")
        self.scales = tuple(scales)

    def loss(self, inputs: Tensor, data_samples: list) -> dict[str, Tensor]:
        """Return the losses of every scale and of their maximum.

        Args:
            inputs: (N, 3, H, W) preprocessed images.
            data_samples: Their samples with ``gt_sem_seg`` (1, H, W).

        Returns:
            Losses and logged values by name, such as ``decode_0.75.loss_ce``
            and ``decode_max.loss_ce``.
        """
        head = self.decode_head
        # A zero-shot head does not train all the classes that it predicts.
        outputs = getattr(head, 'training_outputs', head.forward)
        losses: dict[str, Tensor] = {}
        scores = []
        for scale, image in self._pyramid(inputs):
            levels = self.extract_feat(image)
            scores.append(self._check(outputs(levels)))
            losses.update(
                add_prefix(
                    head.loss_by_feat(scores[-1], data_samples),
                    f'decode_{scale:g}'))
            if len(scores) == 1 and self.with_auxiliary_head:
                losses.update(
                    self._auxiliary_head_forward_train(levels, data_samples))
        losses.update(
            add_prefix(
                head.loss_by_feat(self._fuse(scores), data_samples),
                'decode_max'))
        return losses

    def encode_decode(self, inputs: Tensor,
                      batch_img_metas: list[dict]) -> Tensor:
        """Return (N, K, H, W) scores of images at their own size."""
        return self.decode_head.predict_by_feat(
            self._forward(inputs), batch_img_metas)

    def _forward(self, inputs: Tensor,
                 data_samples: list | None = None) -> Tensor:
        return self._fuse([
            self._check(self.decode_head.forward(self.extract_feat(image)))
            for _, image in self._pyramid(inputs)
        ])

    def _pyramid(self, inputs: Tensor) -> Iterator[tuple[float, Tensor]]:
        """Yield each scale and the images at it."""
        for scale in self.scales:
            size = [max(1, int(scale * side)) for side in inputs.shape[2:]]
            yield scale, inputs if scale == 1 else resize(
                inputs, size=size, mode='bilinear',
                align_corners=self.align_corners)

    def _fuse(self, scores: Sequence[Tensor]) -> Tensor:
        """Return the maximum over scales, at the first one's size."""
        size = scores[0].shape[2:]
        return torch.stack([
            score if score.shape[2:] == size else resize(
                score, size=size, mode='bilinear',
                align_corners=self.align_corners) for score in scores
        ]).amax(0)

    def _check(self, scores: object) -> Tensor:
        if not isinstance(scores, Tensor):
            raise TypeError(
                f'{type(self).__name__}: {type(self.decode_head).__name__} '
                'returns more than scores, which has no maximum over scales')
        return scores


@MODELS.register_module()
class MultiScaleEncoderDecoder(MultiScale):
    """:class:`MultiScale` for an ordinary decode head."""


# Heads that train on a bank's sets keep their extractor and are refused.
@MODELS.register_module()
class MultiScaleZeroShotSegmentor(  # type: ignore[misc]
        MultiScale, ZeroShotSegmentor):
    """:class:`MultiScale` for a zero-shot head."""
