"""One results file per evaluation, with all that a number needs beside it."""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mmengine.dataset import BaseDataset
from mmengine.dist import is_main_process
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import BaseLoop, EpochBasedTrainLoop, Runner
from mmseg.models import SegTTAModel
from mmseg.registry import HOOKS

from mmseg_zeroshot.results.record import (
    RESULTS_FILE,
    Record,
    Variant,
    score_values,
)
from mmseg_zeroshot.results.records import write_records
from mmseg_zeroshot.semantics.supervision import (
    DEFAULT,
    get_supervision,
    stated_supervision,
)
from mmseg_zeroshot.utils.scores import Evaluation
from mmseg_zeroshot.utils.tables import percent, score_headings, text_table
from mmseg_zeroshot.utils.typing_utils import Metainfo

from .consistency.self_training import pseudo_variant
from .runner_access import (
    built_loops,
    data_sets,
    is_training,
    metainfo,
    zero_shot_head,
)


@HOOKS.register_module()
class ZeroShotResultsHook(Hook):
    """Write ``zero_shot_results.json`` into the work dir, and log the table.

    The hook does so after every validation and test, and the last file stays.
    The scores are those of the run's ``ZeroShotIoUMetric``.

    A training ends with a validation of its last weights. MMEngine saves
    these before it validates them, and would not validate them any more if
    the run was killed in between and then resumed: the hook makes up for it.

    Args:
        method (str): Name of the method in tables, such as ``'SPNet'``.
        supervision (str): What the run may see, a name of
            ``mmseg_zeroshot.semantics.supervision``: ``'strict'`` (no label
            of an unseen class), ``'paper'``, ``'released'``,
            ``'few-label'``, ``'self-training'`` or ``'oracle'``. Results of
            unlike supervision are not ranked together.
        dataset (str, optional): Name of the data set in tables; by default
            the type of the wrapped data set.
        variant (dict, optional): What else sets the run apart from others of
            its method, by the papers' letters, such as ``dict(n=5)`` in
            few-label. ``p`` of self-training is found out from the data set
            or the checkpoint. Runs are averaged over seeds only where it is
            equal, and tables show it.
        label (None): The former name of ``supervision``, which is refused.

    Raises:
        ValueError: ``supervision`` is unknown or called ``label``,
            ``variant`` holds more than plain numbers and texts, the
            evaluator has no ``ZeroShotIoUMetric``, or gamma would be
            recorded but not used (test-time augmentation).

    Example:
        >>> custom_hooks = [
        ...     dict(type='ZeroShotResultsHook', method='SPNet')]
    """

    priority = 'LOW'

    def __init__(self,
                 method: str,
                 supervision: str = DEFAULT,
                 dataset: str | None = None,
                 variant: Variant | None = None,
                 *,
                 label: object = None) -> None:
        given = dict(supervision=supervision, label=label)
        self.supervision = stated_supervision(given).name
        self.method = method
        self.dataset = dataset
        self.variant = _checked_variant(variant or {})
        self._tested: Metainfo = {}
        self._validated: int | None = None

    def before_run(self, runner: Runner) -> None:
        """Fail early where nothing could be written later.

        Args:
            runner: The runner.
        """
        for name, loop in built_loops(runner):
            if name != 'train' and not list(_metrics(loop)):
                raise ValueError(
                    f'ZeroShotResultsHook: {name}_evaluator has no '
                    "ZeroShotIoUMetric; set it to "
                    "dict(type='ZeroShotIoUMetric')")
        _check_augmentation(runner.model)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Note what an evaluated model was trained on.

        Args:
            runner: The runner.
            checkpoint: With or without ``meta``.
        """
        self._tested = (checkpoint.get('meta') or {}).get('dataset_meta') or {}

    def after_val_epoch(self, runner: Runner,
                        metrics: dict[str, float] | None = None) -> None:
        """Write the results of a validation.

        Args:
            runner: The runner.
            metrics: Not used.
        """
        self._write(runner, runner.val_loop)
        if is_training(runner):
            self._validated = runner.iter

    def after_train(self, runner: Runner) -> None:
        """Validate the last weights, if that has not been done.

        Args:
            runner: The runner.
        """
        if self._validated != runner.iter and _validates_at_the_end(runner):
            runner.val_loop.run()

    def after_test_epoch(self, runner: Runner,
                         metrics: dict[str, float] | None = None) -> None:
        """Write the results of a test.

        Args:
            runner: The runner.
            metrics: Not used.
        """
        self._write(runner, runner.test_loop)

    def _write(self, runner: Runner, loop: BaseLoop) -> None:
        scores = next(_metrics(loop)).record
        if scores is None or not is_main_process():
            return
        record = self.describe(runner, loop, scores)
        path = Path(runner.work_dir, RESULTS_FILE)
        write_records(path, record)
        title = (f'{record["method"]} ({record["supervision"]}), '
                 f'{record["split"]}')
        runner.logger.info('\n' + text_table(
            [[title, *score_headings()],
             ['generalised', *map(percent, score_values(record))]])
            + f'\nwritten to {path}')

    def describe(self, runner: Runner, loop: BaseLoop,
                 scores: Evaluation) -> Record:
        """Put what the scores were made from in front of them.

        Args:
            runner: The runner.
            loop: The loop that was evaluated.
            scores: ``ZeroShotIoUMetric.record``.

        Returns:
            The results record.
        """
        head = zero_shot_head(runner.model)
        vectors = getattr(head, 'class_embeddings', None)
        return Record(
            method=self.method,
            dataset=self.dataset or _inner_type(loop.dataloader.dataset),
            supervision=self.supervision,
            embeddings=getattr(vectors, 'fingerprint', None),
            seed=runner.seed,
            checkpoint=_checkpoint(runner),
            gamma=float(getattr(head, 'gamma', 0.0)),
            variant={**self._self_training(runner), **self.variant},
            inductive=get_supervision(self.supervision).inductive,
            scored_files=None,
            **scores)

    def _self_training(self, runner: Runner) -> Variant:
        """Return p of the pseudo-labels that the weights learned from."""
        if not is_training(runner):
            return pseudo_variant([self._tested])
        dataset = runner.train_loop.dataloader.dataset
        return pseudo_variant(map(metainfo, data_sets(dataset)))


def _validates_at_the_end(runner: Runner) -> bool:
    """Whether MMEngine validates after the last iteration or epoch."""
    loop = runner.train_loop
    end = loop.epoch if isinstance(loop, EpochBasedTrainLoop) else loop.iter
    return runner.val_loop is not None and end >= loop.val_begin


def _checked_variant(variant: Variant) -> Variant:
    for key, value in variant.items():
        if not isinstance(value, (str, int, float)):
            raise ValueError(
                f'ZeroShotResultsHook: variant[{key!r}] must be a number or '
                f'a text, got {value!r}')
    return dict(variant)


def _check_augmentation(model: BaseModel) -> None:
    """Refuse gamma where MMSegmentation decides by a plain argmax."""
    gamma = float(getattr(zero_shot_head(model), 'gamma', 0.0))
    while model is not None and not isinstance(model, SegTTAModel):
        model = getattr(model, 'module', None)
    if model is not None and gamma != 0:
        raise ValueError(
            'ZeroShotResultsHook: SegTTAModel merges augmented predictions '
            f'without calibration, but decode_head.gamma is {gamma:g}; test '
            'without --tta or with model.module.decode_head.gamma=0')


def _metrics(loop: BaseLoop) -> Iterator[BaseMetric]:
    """Yield the evaluator's metrics that keep a zero-shot record."""
    for metric in getattr(loop.evaluator, 'metrics', ()):
        if hasattr(metric, 'record'):
            yield metric


def _inner_type(dataset: BaseDataset) -> str:
    """Return the type of the data set that ``ZeroShotDataset`` wraps."""
    dataset = next(data_sets(dataset))
    while hasattr(dataset, 'dataset') or getattr(dataset, 'datasets', None):
        inner = getattr(dataset, 'dataset', None)
        dataset = dataset.datasets[0] if inner is None else inner
    return type(dataset).__name__


def _checkpoint(runner: Runner) -> str | None:
    """Return the file that the scored weights came from or go to.

    The path is relative to the working directory if the file is below it,
    so that a results file names no folder of the machine that made it.
    """
    path = runner._load_from
    if is_training(runner):
        path = runner.message_hub.runtime_info.get('last_ckpt') or ''
        now = f'iter_{runner.iter}'
        if Path(path).stem not in (now, f'epoch_{runner.epoch}'):
            return f'{now} (not saved)'
    if path is None or not os.path.isabs(path):
        return path
    relative = os.path.relpath(path)
    return os.path.basename(path) if relative.startswith('..') else relative
