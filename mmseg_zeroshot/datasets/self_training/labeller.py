"""A zero-shot model at work on unlabelled images."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import torch
import torch.nn.functional as F
from mmseg.models import BaseSegmentor
from mmseg.structures import SegDataSample
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Subset

from mmseg_zeroshot.datasets.protocols import NamedDataset
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.label_values import label_type, no_label
from mmseg_zeroshot.utils.typing_utils import Sample

from .builder import Labelled
from .selection import select_pixels


class Labeller:
    """A zero-shot model that gives images pseudo-labels.

    Args:
        model: A segmentor in eval mode.
        loader: From a data set to batches of its samples, in order.
        percent: p.
        flip: Keep only pixels whose class stays when the image is mirrored.
        scales: Keep only pixels whose class stays at these sizes, too
            (Pastore et al., STRICT).
    """

    def __init__(self, model: BaseSegmentor,
                 loader: Callable[[Dataset], DataLoader], *,
                 percent: float, flip: bool = False,
                 scales: Sequence[float] = ()) -> None:
        self.model = model
        self.split: ClassSplit = model.decode_head.split
        self.loader = loader
        self.percent = percent
        self.views = [(scale, mirrored) for scale in (1., *scales)
                      for mirrored in (False, True)[:1 + flip]][1:]

    def __call__(self, dataset: NamedDataset,
                 places: Sequence[int]) -> Iterator[Labelled]:
        """Yield the pseudo-labels of images, in their order.

        Args:
            dataset: A :class:`ZeroShotDataset` of images to be labelled.
            places: Positions in it.
        """
        names = iter([dataset.image_names[i] for i in places])
        for batch in self.loader(Subset(cast(Dataset, dataset), places)):
            for sample, agreed in zip(*self.predict(batch)):
                name = next(names)
                try:
                    labels, predicted = self.select(sample, agreed)
                except ValueError as error:
                    raise ValueError(f'{sample.img_path}: {error}') from error
                yield Labelled(
                    name, labels.cpu().numpy().astype(
                        label_type(self.split.num_classes)), predicted)

    @torch.no_grad()
    def predict(self, batch: Sample
                ) -> tuple[list[SegDataSample], list[Tensor | bool]]:
        """Segment a batch; say where all views agree.

        Args:
            batch: ``inputs`` and ``data_samples``.
        """
        samples = self.model.test_step(batch)
        agreed: list[Tensor | bool] = [True] * len(samples)
        for scale, mirrored in self.views:
            others = self.model.test_step(_view(batch, scale, mirrored))
            agreed = [before & (one.pred_sem_seg.data == two.pred_sem_seg.data)
                      for before, one, two in zip(agreed, samples, others)]
        return samples, agreed

    def select(self, sample: SegDataSample,
               agreed: Tensor | bool) -> tuple[Tensor, int]:
        """Return an image's pseudo-labels, see :func:`select_pixels`."""
        decision = sample.pred_sem_seg.data
        unlabelled = (sample.gt_sem_seg.data.to(decision.device)
                      == no_label(self.split.num_classes))
        return select_pixels(
            sample.seg_logits.data, decision[0], (unlabelled & agreed)[0],
            self.split.unseen_ids, self.percent)


def _view(batch: Sample, scale: float,
          mirrored: bool) -> dict[str, list]:
    """Return a batch of resized and mirrored images.

    MMSegmentation mirrors and resizes the scores back by the samples'
    metainfo.
    """
    inputs, samples = [], []
    for image, sample in zip(batch['inputs'], batch['data_samples']):
        size = [max(1, round(scale * side)) for side in image.shape[-2:]]
        image = F.interpolate(
            image[None].float(), size, mode='bilinear', align_corners=False)
        inputs.append(image[0].flip(-1) if mirrored else image[0])
        samples.append(SegDataSample(metainfo=dict(
            sample.metainfo, img_shape=tuple(size), pad_shape=tuple(size),
            flip=mirrored, flip_direction='horizontal')))
    return dict(inputs=inputs, data_samples=samples)
