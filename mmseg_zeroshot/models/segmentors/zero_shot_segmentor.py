"""MMSegmentation's encoder-decoder with a calibrated last decision."""
from __future__ import annotations

from collections.abc import Sequence

from mmseg.models.segmentors import EncoderDecoder
from mmseg.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class ZeroShotSegmentor(EncoderDecoder):
    """An ``EncoderDecoder`` whose decode head is a zero-shot head.

    .. code:: text

        predict() -> decode_head.predict() -> resize to the image's own size
                  -> decode_head.decide() -> pred_sem_seg

    It takes the arguments of ``EncoderDecoder``; ``decode_head`` is a
    :class:`BaseZeroShotHead`. The results hold ``seg_logits`` (K, H, W) and
    ``pred_sem_seg`` (1, H, W) at the image's own size.
    """

    def postprocess_result(self,
                           seg_logits: Tensor,
                           data_samples: list | None = None) -> list:
        """Resize scores to each image's own size and decide there.

        Args:
            seg_logits: (N, K, H, W) scores of the network's input.
            data_samples: Samples that the results are added to.

        Returns:
            The samples, with ``seg_logits`` and ``pred_sem_seg``.
        """
        samples = super().postprocess_result(seg_logits, data_samples)
        if self.decode_head.gamma:
            # The plain argmax above is right at gamma 0 only.
            for sample in samples:
                decision = self.decode_head.decide(sample.seg_logits.data)
                sample.pred_sem_seg.data = decision[None]
        return samples

    def add_class(self,
                  name: str,
                  vector: Tensor | None = None,
                  embeddings: str | Sequence[str] | None = None,
                  color: tuple[int, int, int] = (255, 0, 255)) -> None:
        """Let a trained model segment one more class, by its name.

        Args:
            name: The new class; it is unseen.
            vector: (d, ) its class vector, normalised as the others; or
            embeddings: a shipped name or table to take it from.
            color: Colour in pictures, RGB.

        Raises:
            ValueError: the name is taken, or there is no vector for it.

        Example:
            >>> from mmseg.apis import init_model
            >>> model = init_model('spnet.py', 'iter_20000.pth')
            >>> model.add_class('zebra', embeddings='glove-6b-50d')
        """
        self.decode_head.add_class(name, vector, embeddings)
        self.num_classes = self.decode_head.num_classes
        self.out_channels = self.decode_head.out_channels
        meta = getattr(self, 'dataset_meta', None)
        if meta is not None:
            meta['classes'] = (*meta['classes'], name)
            meta['palette'] = [*meta['palette'], list(color)]
