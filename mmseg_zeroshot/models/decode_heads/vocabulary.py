"""Class names and vectors in a checkpoint."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mmseg_zeroshot.semantics import ClassEmbeddings


def encode_names(names: Sequence[str]) -> Tensor:
    """Return class names as a uint8 tensor: JSON in UTF-8.

    A state dict holds tensors only, and a pickled list would not load with
    ``weights_only``.
    """
    text = json.dumps(list(names)).encode()
    return torch.tensor(list(text), dtype=torch.uint8)


def decode_names(encoded: Tensor) -> tuple[str, ...]:
    """Return the class names of :func:`encode_names`."""
    return tuple(json.loads(bytes(encoded.cpu().tolist()).decode()))


def check_vocabulary(state_dict: Mapping[str, Tensor], prefix: str,
                     ours: ClassEmbeddings) -> None:
    """Check that a checkpoint has the names and vectors of a head.

    Args:
        state_dict: The checkpoint's tensors.
        prefix: Where the head's keys begin.
        ours: (K, d) names and vectors of the head.

    Raises:
        ValueError: Other names, another order or other vectors.
    """
    stored = decode_names(state_dict[prefix + 'class_names_utf8'])
    if stored != ours.classes:
        differing = sorted(set(stored) ^ set(ours.classes))
        raise ValueError(
            'the checkpoint has another vocabulary than the head: '
            f'{len(stored)} against {len(ours)} classes, '
            f'{differing[:5] or "in another order"}; build the head with '
            'the split and classes that it was trained with')
    vectors = state_dict[prefix + 'class_vectors'].cpu().float()
    expected = torch.from_numpy(ours.vectors.copy())
    if vectors.shape != expected.shape or not torch.allclose(
            vectors, expected, atol=1e-5):
        raise ValueError(
            f'the checkpoint holds other class vectors '
            f'{tuple(vectors.shape)} than the head {tuple(expected.shape)}: '
            'set `embeddings` (and `normalize`) to those it was trained with')
