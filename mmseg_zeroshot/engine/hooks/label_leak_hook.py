"""Proof, while training, that no unseen label reaches a loss."""
from __future__ import annotations

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS
from mmseg.structures import SegDataSample

from mmseg_zeroshot.semantics import ClassSplit

from .runner_access import data_sets, data_split, head_split


@HOOKS.register_module()
class LabelLeakHook(Hook):
    """Stop a training in which a label of a hidden class appears.

    The hook looks at the label maps of every batch, as the loss gets them.
    No id of an unseen or ignored class may be in them. A sample whose
    metainfo holds ``visible_unseen_ids`` may show these unseen classes: in
    few-label learning the class that the image was drawn for, in
    self-training those of pseudo-labels.

    Raises:
        RuntimeError: A hidden class is in a label map; the message names the
            class and the image.
        ValueError: Neither the head nor the training data has a split.

    Example:
        >>> custom_hooks = [dict(type='LabelLeakHook')]
    """

    priority = 'VERY_HIGH'

    def __init__(self) -> None:
        self._split: ClassSplit | None = None
        self._hidden = torch.zeros(0, dtype=torch.long)

    def before_train(self, runner: Runner) -> None:
        """Read the split that the run trains with.

        Args:
            runner: The runner.
        """
        splits = [head_split(runner.model)]
        dataset = runner.train_dataloader.dataset
        splits += [data_split(part) for part in data_sets(dataset)]
        known = [split for split in splits if split is not None]
        if not known:
            raise ValueError(
                'LabelLeakHook: neither decode_head nor the training data '
                "has a split; use a zero-shot head or dataset=dict(type="
                "'ZeroShotDataset', split=…)")
        self._split = known[0]
        hidden = {i for split in known
                  for i in (*split.unseen_ids, *split.ignored_ids)}
        self._hidden = torch.tensor(sorted(hidden), dtype=torch.long)

    def before_train_iter(self,
                          runner: Runner,
                          batch_idx: int,
                          data_batch: dict | None = None) -> None:
        """Look at the label maps of one batch.

        Args:
            runner: The runner.
            batch_idx: Number of the batch.
            data_batch: Holds ``data_samples``; those without ``gt_sem_seg``
                (feature banks) are passed over.
        """
        samples = data_batch.get('data_samples') if isinstance(
            data_batch, dict) else None
        for sample in samples or ():
            if 'gt_sem_seg' in sample:
                self._check(sample)

    def _check(self, sample: SegDataSample) -> None:
        label = sample.gt_sem_seg.data
        assert self._split is not None
        counts = torch.bincount(
            label.flatten().long(),
            minlength=self._split.num_classes).cpu()
        allowed = set(sample.metainfo.get('visible_unseen_ids', ()))
        for class_id in self._hidden[counts[self._hidden] > 0].tolist():
            if class_id in allowed & set(self._unseen):
                continue
            self._stop(class_id, int(counts[class_id]), sample)

    @property
    def _unseen(self) -> tuple[int, ...]:
        assert self._split is not None
        return self._split.unseen_ids

    def _stop(self, class_id: int, pixels: int, sample: SegDataSample) -> None:
        assert self._split is not None
        group = 'unseen' if class_id in self._unseen else 'ignored'
        image = sample.metainfo.get('img_path', 'an image without img_path')
        raise RuntimeError(
            f'LabelLeakHook: {group} class {self._split.classes[class_id]!r} '
            f'(id {class_id}) is in {pixels} pixels of the training label of '
            f'{image}. Build the training data with ZeroShotDataset, mode '
            "'ignore' or 'drop', and add no transform that loads labels "
            'without loads_labels = True')
