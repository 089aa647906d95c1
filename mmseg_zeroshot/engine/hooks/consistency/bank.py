"""A stage's feature bank, its config and its weights are of one network."""
from __future__ import annotations

from collections.abc import Mapping

from mmengine.dataset import BaseDataset
from mmengine.runner import Runner

from mmseg_zeroshot.engine.hooks.runner_access import (
    start_sha256,
    training_metas,
)
from mmseg_zeroshot.utils.feature_settings import (
    feature_settings,
    settings_differences,
)
from mmseg_zeroshot.utils.typing_utils import ConfigPart, JSONValue, Metainfo

SHOWN = 5


def check_bank(runner: Runner, dataset: BaseDataset) -> None:
    """Refuse a bank whose features the run's own network would not give.

    The same weights give other features at another stride or crop.

    Args:
        runner: The runner; its config says how its bank is built.
        dataset: A data set for training. Nothing is compared unless it reads
            a bank; of an older one, whose stamp has no settings, only the
            mode is.

    Raises:
        ValueError: Naming the bank and the keys that differ.
    """
    bank = getattr(dataset, 'bank', None)
    theirs = getattr(bank, 'stamp', {}).get('settings') or {}
    wrong = [*settings_differences(feature_settings(runner.cfg), theirs),
             *_mode_difference(runner.cfg, getattr(bank, 'stamp', {}))]
    if wrong:
        more = f' and {len(wrong) - SHOWN} more' if wrong[SHOWN:] else ''
        raise ValueError(
            'ConsistencyHook: train_dataloader.dataset reads feature bank '
            f'{getattr(bank, "path", "")}, which was built with another '
            "network or pipeline than this config's model and feature_bank: "
            f'{"; ".join(wrong[:SHOWN])}{more}. Train with the settings that '
            'it was built with, or build it again: '
            'mmseg-zeroshot build-feature-bank CONFIG CHECKPOINT --overwrite')


def check_extractor(runner: Runner, trained: Metainfo) -> None:
    """Refuse a bank of another network than that of the weights.

    A checkpoint that was itself trained on a bank says of which network.
    Any other is the network: its file must be the one that the bank was
    built with.

    Args:
        runner: The runner, whose training data may be a feature bank.
        trained: The checkpoint's ``dataset_meta``.

    Raises:
        ValueError: The bank was extracted by another checkpoint.
    """
    banks = {meta['extractor'] for meta in training_metas(runner)
             if meta.get('extractor')}
    if not banks:
        return
    theirs = trained.get('extractor')
    what = f'the checkpoint (load_from={runner._load_from!r})'
    said = f'{what} was trained on features of the network'
    if not theirs:
        theirs, said = start_sha256(runner), f'{what} is the network'
    for ours in banks - {theirs}:
        if theirs:
            raise ValueError(
                f'ConsistencyHook: {said} {theirs[:12]}, and '
                'train_dataloader.dataset reads features of the network '
                f'{ours[:12]} (SHA-256): name the bank that was built with '
                'it (train_dataloader.dataset.bank), or the checkpoint that '
                'the bank is of')


def _mode_difference(config: ConfigPart,
                     stamp: Mapping[str, JSONValue]) -> list[str]:
    """Compare which images with unseen classes the bank has."""
    dataset = (config.get('feature_bank') or {}).get('dataset') or {}
    ours, theirs = dataset.get('mode'), stamp.get('split_mode')
    if None in (ours, theirs) or ours == theirs:
        return []
    return [f'dataset.mode is {theirs!r} instead of {ours!r}']
