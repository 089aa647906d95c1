"""The metric of generalised and vanilla zero-shot segmentation."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from mmengine.dist import (
    all_gather_object,
    all_reduce,
    get_rank,
    is_main_process,
)
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger, print_log
from mmseg.registry import METRICS
from torch import Tensor

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.label_values import no_label
from mmseg_zeroshot.utils.scores import Evaluation

from .assessment import NO_UNSEEN, assess
from .confusion import confusion_matrix, vanilla_confusion
from .object_regions import count_regions
from .prediction_files import PredictionFiles
from .scores import Absent, flat_scores

Counts = TypeVar('Counts', np.ndarray, Tensor)


@METRICS.register_module()
class ZeroShotIoUMetric(BaseMetric):
    """PA, MA and mIoU of seen, unseen and all classes, and hIoU, in one pass.

    Generalised scores count the prediction ``pred_sem_seg``. Vanilla scores
    count the best *unseen* class of the same ``seg_logits``, at the
    ground-truth pixels of unseen classes. The metric keeps a (K, K) matrix
    of each, and the number of connected regions of unseen classes, so its
    memory does not grow with the number of images. Distributed runs sum
    the counts, and drop samples that the sampler repeated to fill up the
    last round.

    The split comes with the data set's metainfo (``ZeroShotDataset``).
    After ``evaluate`` the attribute ``record`` holds what
    ``zero_shot_results.json`` is made of, with the keys ``generalised``,
    ``vanilla``, ``vanilla_rule``, ``per_class``, ``background``, ``absent``
    and ``split``, and ``confusion`` the matrix.

    Args:
        absent (str): ``'skip'`` leaves a class without pixels out of a mean,
            ``'zero'`` counts it as 0 (ZS3Net's released evaluator).
        ignore_index (int, optional): Label that is not scored; by default
            that of the split's class list, see :func:`no_label`.
        output_dir (str, optional): Folder for the predictions, one PNG of
            class ids per image, in the sub-folders of the images.
            ``mmseg-zeroshot test --out`` sets it.
        keep_results (bool): Set by ``mmseg-zeroshot test --out``. The PNG
            files are kept in any case.
        collect_device (str): As in ``BaseMetric``.
        prefix (str, optional): Put before the logged names.

    Raises:
        ValueError: ``absent`` is unknown; the data set has no split; a
            sample's prediction and label differ in size, an id is outside
            the class list, or a score is NaN (the message names the image).

    Example:
        >>> # in a config
        >>> val_evaluator = dict(type='ZeroShotIoUMetric')
        >>> # in code
        >>> metric = ZeroShotIoUMetric()
        >>> metric.dataset_meta = dict(split=split.to_dict())
        >>> for sample in model.test_step(batch):
        ...     metric.process(batch, [sample.to_dict()])
        >>> metric.evaluate(size=len(dataset))['hIoU']
        >>> metric.record['generalised']['unseen']['mIoU']
    """

    def __init__(self,
                 absent: Absent = 'skip',
                 ignore_index: int | None = None,
                 output_dir: str | None = None,
                 keep_results: bool = False,
                 collect_device: str = 'cpu',
                 prefix: str | None = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        if absent not in ('skip', 'zero'):
            raise ValueError(
                f"ZeroShotIoUMetric: absent must be 'skip' or 'zero', got "
                f'{absent!r}')
        self.absent = absent
        self.stated_ignore_index = ignore_index
        self.output_dir = output_dir
        self._files = None if output_dir is None else (
            PredictionFiles(output_dir))
        self.keep_results = keep_results
        self.record: Evaluation | None = None
        self.confusion: np.ndarray | None = None
        self._split: ClassSplit | None = None
        self._reset()

    @property
    def dataset_meta(self) -> dict | None:
        """Metainfo of the data set; holds ``split``."""
        return self._dataset_meta

    @dataset_meta.setter
    def dataset_meta(self, dataset_meta: dict | None) -> None:
        """Start anew on another data set."""
        self._dataset_meta = dataset_meta
        self._split = None
        self._reset()

    @property
    def split(self) -> ClassSplit:
        """The split of the data set that is scored."""
        if self._split is None:
            given = (self.dataset_meta or {}).get('split')
            if given is None:
                raise ValueError(
                    "ZeroShotIoUMetric: the data set's metainfo has no "
                    "'split'; wrap it: dataset=dict(type='ZeroShotDataset', "
                    "mode='keep', split=…, dataset=dict(…))")
            self._split = (given if isinstance(given, ClassSplit) else
                           ClassSplit.from_dict(given))
        return self._split

    @property
    def ignore_index(self) -> int:
        """The label that is not scored."""
        if self.stated_ignore_index is not None:
            return self.stated_ignore_index
        return no_label(self.split.num_classes)

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Count the pixels of some samples.

        Args:
            data_batch: Not used.
            data_samples: Dicts with ``pred_sem_seg`` (1, H, W),
                ``gt_sem_seg`` (1, H, W) and ``seg_logits`` (K, H, W), each
                under ``data``. Without ``seg_logits`` (test-time
                augmentation) there are no vanilla scores.
        """
        for sample in data_samples:
            prediction = sample['pred_sem_seg']['data'].squeeze(0)
            label = sample['gt_sem_seg']['data'].squeeze(0)
            label = self._scored(label.to(prediction.device))
            try:
                counts = self._count(sample, prediction, label)
            except ValueError as error:
                raise ValueError(f'{_name(sample)}: {error}') from error
            self._add(counts)
            if self._files is not None:
                self._save(sample, prediction)

    def evaluate(self, size: int) -> dict[str, float]:
        """Sum over all processes and score.

        Args:
            size: Number of samples in the data set.

        Returns:
            Finite scores in percent by name, such as ``hIoU``,
            ``unseen_mIoU`` and ``vanilla_unseen_mIoU``.

        Raises:
            ValueError: more samples were processed than the data set has,
                in a way that cannot be the sampler's filling up.
        """
        if self._files is not None:
            self._files.finish()
        total = self._summed(size)
        self.confusion, vanilla, regions = self._parts(total.cpu().numpy())
        self._score(self.confusion, vanilla, regions)
        self._reset()
        metrics = self.compute_metrics([])
        if self.prefix:
            metrics = {f'{self.prefix}/{k}': v for k, v in metrics.items()}
        return metrics

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Flatten the record for the log; ``results`` is not used."""
        assert self.record is not None
        flat = flat_scores(self.record['generalised'])
        if self.record['vanilla'] is not None:
            vanilla = flat_scores(self.record['vanilla'])
            flat.update({f'vanilla_{name}': value
                         for name, value in vanilla.items()
                         if name.startswith('unseen_')})
        return flat

    def _reset(self) -> None:
        self._totals: Tensor | None = None
        self._last: Tensor | None = None
        self._num_samples = 0
        self._without_logits = 0

    def _scored(self, label: Tensor) -> Tensor:
        """Hide true pixels of ignored classes."""
        for class_id in self.split.ignored_ids:
            label = label.masked_fill(label == class_id, self.ignore_index)
        return label

    def _count(self, sample: dict, prediction: Tensor,
               label: Tensor) -> Tensor:
        """Return (2 K + 1, K) counts: see :meth:`_parts`."""
        if prediction.shape != label.shape:
            raise ValueError(
                f'the prediction is {tuple(prediction.shape)} and the label '
                f'{tuple(label.shape)}: load annotations after Resize in the '
                "test pipeline, so that the label keeps the image's own size")
        size = self.split.num_classes
        counts = prediction.new_zeros((2 * size + 1, size), dtype=torch.int64)
        generalised, vanilla, regions = self._parts(counts)
        generalised[:] = confusion_matrix(prediction, label, size,
                                          self.ignore_index)
        if 'seg_logits' not in sample:
            self._without_logits += 1
        else:
            self._count_scores(sample['seg_logits']['data'], label, vanilla)
        unseen = list(self.split.unseen_ids)
        regions[unseen] = torch.from_numpy(
            count_regions(label.cpu().numpy(), unseen)).to(regions.device)
        return counts

    def _count_scores(self, logits: Tensor, label: Tensor,
                      vanilla: Tensor) -> None:
        """Fill in the vanilla counts, of scores that are numbers."""
        # One pass, and no mask of the scores' size.
        if bool(logits.sum().isnan()):
            raise ValueError(
                'seg_logits hold NaN, of which every decision is wrong: the '
                'weights are broken or overflow in float16; take an earlier '
                'checkpoint')
        if self.split.unseen:
            vanilla[:] = vanilla_confusion(logits, label, self.split)

    def _parts(self, counts: Counts) -> tuple[Counts, Counts, Counts]:
        """Return (K, K) generalised, (K, K) vanilla and (K, ) regions."""
        size = self.split.num_classes
        return counts[:size], counts[size:-1], counts[-1]

    def _add(self, counts: Tensor) -> None:
        if self._totals is None:
            self._totals = torch.zeros_like(counts)
        self._totals += counts
        # Kept, as only `evaluate` knows whether it repeats an earlier sample.
        self._last = counts
        self._num_samples += 1

    def _summed(self, size: int) -> Tensor:
        """Return (2 K + 1, K) counts of all processes, each sample once."""
        if self._totals is None:
            shape = (2 * self.split.num_classes + 1, self.split.num_classes)
            self._totals = torch.zeros(shape, dtype=torch.int64)
        counts = all_gather_object(self._num_samples)
        if repeats_last(counts, size)[get_rank()]:
            assert self._last is not None
            self._totals -= self._last
        if sum(counts) < size:
            print_log(
                f'ZeroShotIoUMetric: scores cover {sum(counts)} of {size} '
                'samples.', logger='current', level=30)
        missing = torch.tensor(self._without_logits)
        all_reduce(missing)
        self._without_logits = int(missing)
        total = self._totals.clone()
        all_reduce(total)
        return total

    def _score(self, generalised: np.ndarray, vanilla: np.ndarray,
               regions: np.ndarray) -> None:
        """Fill in ``record``."""
        reason = ''
        if not self.split.unseen:
            reason = NO_UNSEEN
        elif self._without_logits:
            reason = f'{self._without_logits} samples came without seg_logits'
        self.record = assess(
            self.split, generalised, absent=self.absent,
            vanilla=None if reason else vanilla, why_no_vanilla=reason,
            regions=regions)
        if is_main_process():
            self._log_classes()

    def _log_classes(self) -> None:
        assert self.record is not None
        logger: MMLogger = MMLogger.get_current_instance()
        lines = [f'{"class":24s} {"group":8s} {"IoU":>7s} {"accuracy":>9s} '
                 f'{"pixels":>12s}']
        for row in self.record['per_class']:
            iou, accuracy = (
                '-' if row[key] is None else f'{row[key]:.2f}'
                for key in ('IoU', 'accuracy'))
            lines.append(f'{row["class"]:24s} {row["group"]:8s} {iou:>7s} '
                         f'{accuracy:>9s} {row["pixels"]:12d}')
        print_log('\n'.join(['per class results:', *lines]), logger)

    def _save(self, sample: dict, prediction: Tensor) -> None:
        """Write the prediction as mmseg's ``IoUMetric`` does."""
        assert self._files is not None
        ids = prediction.cpu().numpy()
        if sample.get('reduce_zero_label', False):
            ids = ids + 1
        self._files.add(str(sample['img_path']), ids)


def repeats_last(counts: Sequence[int], size: int) -> list[bool]:
    """Say of each process whether its last sample is a repeated one.

    mmengine's ``DefaultSampler(round_up=True)`` deals samples out in turn
    and fills the last round up from the start of the data set: the last
    ``sum(counts) - size`` processes then end in a sample that another
    process has, too.

    Args:
        counts: Number of samples of each process.
        size: Number of samples in the data set.

    Returns:
        One flag a process.

    Raises:
        ValueError: the surplus is not such a round.
    """
    surplus = sum(counts) - size
    if surplus <= 0:
        return [False] * len(counts)
    if surplus >= len(counts) or len(set(counts)) > 1:
        raise ValueError(
            f'ZeroShotIoUMetric: {sum(counts)} samples were processed, but '
            f'the data set has {size}; evaluate each sample once, with '
            "sampler=dict(type='DefaultSampler', shuffle=False)")
    return [rank >= len(counts) - surplus for rank in range(len(counts))]


def _name(sample: dict) -> str:
    return str(sample.get('img_path', 'a sample without img_path'))
