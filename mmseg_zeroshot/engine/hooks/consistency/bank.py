"""A stage's feature bank, its config and its weights are of one network."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.dataset import BaseDataset
from mmengine.runner import Runner

from mmseg_zeroshot.engine.hooks.runner_access import (
    built_loops,
    data_sets,
    metainfo,
)
from mmseg_zeroshot.utils.feature_settings import (
    feature_settings,
    settings_differences,
)

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
            'tools/build_feature_bank.py CONFIG CHECKPOINT --overwrite')


def check_extractor(runner: Runner, trained: Mapping[str, Any]) -> None:
    """Refuse weights that were trained on features of another network.

    Args:
        runner: The runner, whose training data may be a feature bank.
        trained: The checkpoint's ``dataset_meta``; nothing is compared
            unless it was trained on a bank.

    Raises:
        ValueError: Its bank was extracted by another checkpoint.
    """
    theirs = trained.get('extractor')
    for name, loop in built_loops(runner):
        for dataset in data_sets(loop.dataloader.dataset):
            ours = metainfo(dataset).get('extractor')
            if name == 'train' and theirs and ours and ours != theirs:
                raise ValueError(
                    'ConsistencyHook: the checkpoint (load_from) was trained '
                    f'on features of the network {theirs[:12]}, and '
                    f'train_dataloader.dataset on those of {ours[:12]} '
                    '(SHA-256): name the bank that its stage was trained on, '
                    'or train that stage on this bank')


def _mode_difference(config: Mapping[str, Any],
                     stamp: Mapping[str, Any]) -> list[str]:
    """Compare which images with unseen classes the bank has."""
    dataset = (config.get('feature_bank') or {}).get('dataset') or {}
    ours, theirs = dataset.get('mode'), stamp.get('split_mode')
    if None in (ours, theirs) or ours == theirs:
        return []
    return [f'dataset.mode is {theirs!r} instead of {ours!r}']
