"""A stage's feature bank and its weights are of one frozen network."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .run_parts import built_loops, data_sets, metainfo


def check_extractor(runner: Any, trained: Mapping[str, Any]) -> None:
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
