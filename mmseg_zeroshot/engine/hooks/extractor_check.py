"""A stage's feature bank and its weights are of one frozen network."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .run_parts import start_sha256, training_metas


def check_extractor(runner: Any, trained: Mapping[str, Any]) -> None:
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
