"""Class names as a tensor, the form in which checkpoints hold them."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from .json_values import short
from .reading import parse_json

NAMES_KEY = 'class_names_utf8'
"""Name of the buffer of a head, and end of its key in a state dict."""


def encode_names(names: Sequence[str]) -> Tensor:
    """Return class names as a uint8 tensor: JSON in UTF-8.

    A state dict holds tensors only, and a pickled list would not load with
    ``weights_only``.

    Args:
        names: The class names.
    """
    text = json.dumps(list(names)).encode()
    return torch.tensor(list(text), dtype=torch.uint8)


def stored_names(state_dict: Mapping[str, object],
                 prefix: str) -> tuple[str, ...] | None:
    """Return the class names that a checkpoint holds for a head.

    Args:
        state_dict: The checkpoint's tensors.
        prefix: Where the head's keys begin, such as ``'decode_head.'``.

    Returns:
        The names, or None where it holds none: it is not of a zero-shot
        head.

    Raises:
        ValueError: What it holds are no names.
    """
    encoded = state_dict.get(prefix + NAMES_KEY)
    if not isinstance(encoded, Tensor):
        return None
    try:
        names = parse_json(bytes(encoded.cpu().tolist()).decode(), NAMES_KEY)
    except (ValueError, TypeError) as error:
        raise ValueError(f'the checkpoint is damaged: {error}') from error
    if not (isinstance(names, list)
            and all(isinstance(name, str) for name in names)):
        raise ValueError(f'the checkpoint is damaged: {NAMES_KEY} holds '
                         f'{short(names)} instead of a list of names')
    return tuple(names)
