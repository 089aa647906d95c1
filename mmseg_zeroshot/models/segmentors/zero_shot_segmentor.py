"""MMSegmentation's encoder-decoder with a calibrated last decision."""
from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from mmengine.logging import print_log
from mmseg.models.segmentors import EncoderDecoder
from mmseg.registry import MODELS
from mmseg.utils import add_prefix
from torch import Tensor, nn

from mmseg_zeroshot.models.feature_sets import FeatureSets
from mmseg_zeroshot.models.graph_sets import GraphSets
from mmseg_zeroshot.models.no_label import set_no_label
from mmseg_zeroshot.utils.typing_utils import Sample

from .batches import runs_of_one_size

_DATA = {
    Tensor: 'images (ZeroShotDataset)',
    FeatureSets: 'sets of a feature bank (FeatureBankDataset)',
    GraphSets: 'graphs (GraphBankDataset, GraphLayoutDataset)',
}
"""What a head may train on, by the type that its loss is given."""

# Colours of added classes, in turn.
_COLORS = ((255, 0, 255), (0, 255, 255), (255, 255, 0), (255, 105, 0),
           (0, 255, 0), (140, 0, 255))


@MODELS.register_module()
class ZeroShotSegmentor(EncoderDecoder):
    """An ``EncoderDecoder`` whose decode head is a zero-shot head.

    .. code:: text

        predict() -> decode_head.predict() -> resize to the image's own size
                  -> decode_head.decide() -> pred_sem_seg

    It takes the arguments of ``EncoderDecoder``; ``decode_head`` is a
    :class:`BaseZeroShotHead`. The results hold ``seg_logits`` (K, H, W) and
    ``pred_sem_seg`` (1, H, W) at the image's own size.

    The extractor (backbone, neck and host) is frozen from construction on
    where the head's stage does not train it: it has no gradients and stays
    in eval mode, so its parameters and batch-norm statistics stay
    bit-identical. Such a model trains on images or on the sets of a feature
    bank.

    Raises:
        TypeError: ``decode_head`` is no zero-shot head.
        ValueError: There are more than 255 classes, and an auxiliary head
            ignores an id of its own choice.
    """

    takes_several_sizes = True
    """Whether a val or test batch may hold images of several sizes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not hasattr(self.decode_head, 'trains_extractor'):
            raise TypeError(
                f'{type(self).__name__} needs a zero-shot decode head, got '
                f'{type(self.decode_head).__name__}: make it the `host` of '
                "one, or set type='EncoderDecoder'")
        parts = [self.data_preprocessor]
        if self.with_auxiliary_head:
            parts.append(self.auxiliary_head)
        for part in parts:
            set_no_label(part, self.decode_head.split.num_classes)
        if not self.decode_head.trains_extractor:
            for part in self._extractor():
                part.requires_grad_(False)
                part.eval()

    def _extractor(self) -> Iterator[nn.Module]:
        """Yield all that makes pixel features, and the auxiliary heads."""
        yield self.backbone
        if self.with_neck:
            yield self.neck
        if self.with_auxiliary_head:
            yield self.auxiliary_head
        yield self.decode_head.host

    @property
    def allowed_missing(self) -> tuple[str, ...]:
        """Patterns of keys that a loaded checkpoint need not have."""
        return tuple('^decode_head\\.' + pattern
                     for pattern in self.decode_head.allowed_missing)

    def train(self, mode: bool = True) -> ZeroShotSegmentor:
        """Set training mode; a frozen extractor stays in eval mode."""
        super().train(mode)
        if mode and self.decode_head.keeps_extractor_in_eval:
            for part in self._extractor():
                part.eval()
        return self

    def loss(self, inputs: Tensor | FeatureSets | GraphSets,
             data_samples: list | None) -> dict[str, Tensor]:
        """Return losses of images (N, 3, H, W) or of what a bank gives.

        Args:
            inputs: Preprocessed images, or sets of pixel features or graphs.
            data_samples: The images' samples; None with a bank's.

        Returns:
            Losses and logged values by name.

        Raises:
            TypeError: The head does not train on such data.
            ValueError: The bank's features are not as wide as the head's.
        """
        self._check_kind(inputs)
        if isinstance(inputs, (FeatureSets, GraphSets)):
            self._check_width(inputs)
            return add_prefix(self.decode_head.loss_of_sets(inputs), 'decode')
        if self.decode_head.trains_extractor:
            return super().loss(inputs, data_samples)
        with torch.no_grad():
            features = self.extract_feat(inputs)
        return self._decode_head_forward_train(features, data_samples)

    def val_step(self, data: Sample) -> list:
        """Segment a batch; see :meth:`test_step`.

        Args:
            data: A batch of the val loader.
        """
        return self.test_step(data)

    def test_step(self, data: Sample) -> list:
        """Segment a batch, also one of images of several sizes.

        MMSegmentation takes images of one size alone. Here neighbours of one
        size are segmented together, so none is padded and each gets what it
        gets by itself.

        Args:
            data: A batch of the test loader.

        Returns:
            The samples in their order.
        """
        step = super().test_step
        return [sample for part in runs_of_one_size(data)
                for sample in step(part)]

    def _check_kind(self, inputs: Tensor | FeatureSets | GraphSets) -> None:
        """Compare the data with what the head trains on."""
        head = self.decode_head
        if not isinstance(inputs, head.trains_on):
            stage = getattr(head, 'stage', None)
            raise TypeError(
                f'{type(head).__name__}'
                + (f' in stage {stage!r}' if stage else '') + ' trains on '
                + ' or '.join(_DATA[kind] for kind in head.trains_on)
                + f', not on {_DATA.get(type(inputs), type(inputs))}: set '
                'train_dataloader.dataset.type to it')

    def _check_width(self, sets: FeatureSets | GraphSets) -> None:
        """Compare a bank with the head that is to be trained on it."""
        wanted = self.decode_head.feature_channels
        for part in (sets.features, getattr(sets, 'node_features', None)):
            if part is not None and part.shape[-1] != wanted:
                raise ValueError(
                    f'the feature bank holds vectors of width '
                    f'{part.shape[-1]}, but the host '
                    f'{type(self.decode_head.host).__name__} gives pixel '
                    f'features of width {wanted}: use the bank that was built '
                    'with this model')

    @torch.no_grad()
    def pixel_features(self, inputs: Tensor) -> Tensor:
        """Return the (N, C, h, w) features of preprocessed images."""
        return self.decode_head.pixel_features(self.extract_feat(inputs))

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
                winner = sample.pred_sem_seg.data[0]
                sample.pred_sem_seg.data = self.decode_head.decide(
                    sample.seg_logits.data, winner)[None]
        return samples

    def add_class(self,
                  name: str,
                  vector: Tensor | None = None,
                  embeddings: str | Sequence[str] | None = None,
                  color: tuple[int, int, int] | None = None) -> str:
        """Let a trained model segment one more class, by its name.

        An ignored class is taken back, under its own id; another gets the
        next free id. A head that learns its classifier has to learn the
        class before it is predicted: :func:`retrain_classifier`.

        Args:
            name: The new class; it is unseen. Or an ignored one, in any
                spelling.
            vector: (d, ) the class vector of a new class, normalised as the
                others; or
            embeddings: a shipped name or table to take it from. It must be
                the table that the model was trained with, or hold its words
                too.
            color: Colour in pictures, RGB; one of its own where None.

        Returns:
            The name as the model has it.

        Raises:
            ValueError: The class is there already or has no vector (the
                nearest names are listed), or the vectors are of another
                table.

        Example:
            >>> from mmseg.apis import init_model
            >>> model = init_model('spnet.py', 'iter_20000.pth')
            >>> model.add_class('zebra', embeddings='glove-6b-50d')
        """
        added = self.decode_head.add_class(name, vector, embeddings)
        self._publish(color)
        if self.decode_head.learns_classifier:
            print_log(
                f'The classifier has not learned {added!r} yet: call '
                'mmseg_zeroshot.models.retrain_classifier', 'current',
                logging.WARNING)
        return added

    def drop_classes(self, names: Iterable[str]) -> tuple[str, ...]:
        """Predict some classes no longer; ids of all others stay.

        Args:
            names: Classes in any spelling.

        Returns:
            Their names as the model has them.

        Raises:
            ValueError: A class is unknown, or no seen class would be left.
        """
        return self.decode_head.drop_classes(names)

    def rename_classes(self, names: Mapping[str, str]) -> None:
        """Give classes other names; their scores stay.

        Args:
            names: New name by old one.

        Raises:
            ValueError: A class is unknown, or a new name is taken.
        """
        self.decode_head.rename_classes(names)
        self._publish()

    def _publish(self, color: tuple[int, int, int] | None = None) -> None:
        """Bring the number of classes and the metainfo up to date."""
        head = self.decode_head
        self.num_classes = self.out_channels = head.num_classes
        meta = getattr(self, 'dataset_meta', None)
        if meta is None:
            return
        meta['classes'] = head.split.classes
        palette = [list(known) for known in meta.get('palette') or []]
        if palette:
            meta['palette'] = palette + [
                list(color or _COLORS[i % len(_COLORS)])
                for i in range(len(palette), head.num_classes)]
