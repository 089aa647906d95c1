"""Head, data and checkpoint must speak of the same classes."""
from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmseg.registry import HOOKS

from mmseg_zeroshot.engine.hooks.runner_access import (
    built_loops,
    data_sets,
    data_split,
    is_training,
    metainfo,
    run_split,
    run_supervision,
    unwrapped,
    zero_shot_head,
)
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import Sample

from .bank import check_bank, check_extractor
from .batches import check_one_size
from .checkpoint import LoadingCheck, check_trained_classes
from .choices import check_choices
from .data import check_layouts, check_mode, check_same
from .few_label import check_few_checkpoint, check_few_data
from .label_values import check_no_label
from .self_training import check_pseudo_checkpoint, check_pseudo_data
from .supervision import SUPERVISION_KEY


@HOOKS.register_module()
class ConsistencyHook(Hook):
    """Stop a run whose head, data and checkpoint do not belong together.

    The hook checks before the run that

    - all data sets and the head have one split;
    - training data hides what is unseen and evaluation data does not;
    - no part of a network takes 255 for no label where it is a class;
    - a feature bank was built with the config's network and pipeline;
    - no score of other classes than the seen ones chooses a checkpoint, the
      end of training or a learning rate.

    It checks of each val and test batch that the model takes images of its
    sizes.

    It checks while a checkpoint is loaded that the checkpoint

    - has the head's vocabulary;
    - was not trained on labels of a class that is unseen here, nor under a
      supervision that permits more;
    - fills the backbone, the neck, the host and what a training stage does
      not add to the head (MMEngine only logs what is missing);
    - is the network that this run's feature bank, or its pseudo-labels, were
      made with.

    The supervision ``oracle`` of ``ZeroShotResultsHook`` permits what uses
    labels of unseen classes on purpose. A segmentor may list regular
    expressions of weights that a training stage adds in ``allowed_missing``.

    Args:
        trust_checkpoint (bool): Take a checkpoint that has weights of a head
            and does not say what it was trained on. You vouch that its
            training labels held no unseen class. Default: False.

    Raises:
        ValueError: Two places disagree; the message names both and the fix.

    Example:
        >>> custom_hooks = [dict(type='ConsistencyHook')]
    """

    priority = 'VERY_HIGH'

    def __init__(self, trust_checkpoint: bool = False) -> None:
        self.trust_checkpoint = trust_checkpoint
        self._loading: LoadingCheck | None = None

    def before_run(self, runner: Runner) -> None:
        """Check splits, data modes and the choice of checkpoints.

        Args:
            runner: The runner.
        """
        supervision = run_supervision(runner)
        reference = self._reference(runner)
        for name, loop in built_loops(runner):
            for dataset in data_sets(loop.dataloader.dataset):
                split = data_split(dataset)
                place = f'{name}_dataloader.dataset'
                if split is None:
                    raise ValueError(
                        f'ConsistencyHook: {place} '
                        f'({type(dataset).__name__}) has no split; wrap it '
                        "in dict(type='ZeroShotDataset', split=…)")
                reference = reference or (place, split)
                check_same(reference, (place, split), supervision)
                check_no_label(unwrapped(runner.model), split)
                check_mode(name, metainfo(dataset), split, supervision)
                if name == 'train':
                    check_bank(runner, dataset)
                    check_few_data(runner, metainfo(dataset), supervision)
                    check_pseudo_data(runner, metainfo(dataset),
                                      supervision)
                    check_layouts(metainfo(dataset), supervision)
        if reference is not None and is_training(runner):
            check_choices(runner, reference[1], supervision)

    def before_train(self, runner: Runner) -> None:
        """As :meth:`before_run`, for loops that are run by hand.

        Args:
            runner: The runner.
        """
        self.before_run(runner)

    def before_test(self, runner: Runner) -> None:
        """As :meth:`before_run`, for loops that are run by hand.

        Args:
            runner: The runner.
        """
        self.before_run(runner)

    def before_val_iter(self, runner: Runner, batch_idx: int,
                        data_batch: Sample | None = None) -> None:
        """Check that the model takes the sizes of a batch's images.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: The batch.
        """
        check_one_size(runner, 'val', data_batch)

    def before_test_iter(self, runner: Runner, batch_idx: int,
                         data_batch: Sample | None = None) -> None:
        """As :meth:`before_val_iter`.

        Args:
            runner: The runner.
            batch_idx: Not used.
            data_batch: The batch.
        """
        check_one_size(runner, 'test', data_batch)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Store the run's supervision, for runs that start from its weights.

        Args:
            runner: The runner.
            checkpoint: What is about to be written.
        """
        checkpoint.setdefault('meta', {})[SUPERVISION_KEY] = (
            run_supervision(runner).name)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Check a checkpoint before and while its weights are copied.

        Args:
            runner: The runner.
            checkpoint: With or without ``state_dict`` and ``meta``.
        """
        training = is_training(runner)
        supervision = run_supervision(runner)
        check_trained_classes(
            checkpoint, run_split(runner), training=training,
            supervision=supervision, trust=self.trust_checkpoint,
            logger=runner.logger)
        data = (checkpoint.get('meta') or {}).get('dataset_meta') or {}
        check_few_checkpoint(runner, data, supervision, training=training)
        check_extractor(runner, data)
        check_pseudo_checkpoint(runner, data)
        if self._loading is not None:
            self._loading.remove()
        self._loading = LoadingCheck(
            unwrapped(runner.model), checkpoint, training=training)

    def _reference(self, runner: Runner) -> tuple[str, ClassSplit] | None:
        head = zero_shot_head(runner.model)
        if head is None:
            return None
        return (f'decode_head ({type(head).__name__})',
                head.split)  # type: ignore[return-value]
