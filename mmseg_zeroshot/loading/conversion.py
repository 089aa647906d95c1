"""Weights of an old checkpoint, written anew as a file of weights alone."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.checkpoint_values import checkpoint_values
from mmseg_zeroshot.utils.checkpoints import read_checkpoint

_FORCE = 'TORCH_FORCE_WEIGHTS_ONLY_LOAD'


class Converted(NamedTuple):
    """What a file of weights got, and what it did not."""

    weights: int
    left_out: list[str]


def convert_checkpoint(path: str | os.PathLike, out: str | os.PathLike, *,
                       run_code: bool = False, key: str | None = None,
                       overwrite: bool = False) -> Converted:
    """Write the weights and the plain metadata of a checkpoint anew.

    Args:
        path: The checkpoint.
        out: The file to write, whole or not at all: a dict of ``state_dict``
            and ``meta``.
        run_code: Unpickle the file. **This runs whatever code the file
            holds**, with all rights of this process. Default: False, the
            file is read without.
        key: Name of the weights in the file. Default: ``state_dict``, or
            what else holds weights.
        overwrite: Replace a file at ``out``.

    Returns:
        How many weights there are, and the names of what was left out.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        FileExistsError: There is a file at ``out``.
        ValueError: It is no checkpoint, has to be unpickled, or holds no
            weights or several sets of them.
    """
    if os.path.exists(out) and not overwrite:
        raise FileExistsError(f'{out} is there already: choose another name, '
                              'or pass --overwrite')
    content = _unpickled(path) if run_code else read_checkpoint(path)
    name, state = _weights_in(content, key, path)
    plain = {entry: tensor for entry, value in state.items()
             if (tensor := _tensor(value)) is not None}
    if not plain:
        raise ValueError(f'{path} holds no weights under {name!r}')
    meta = checkpoint_values(_entries(_entries(content).get('meta')))
    with atomic_write(out) as file:
        torch.save(dict(state_dict=plain, meta=meta), file)
    others = [] if state is content else _entries(content)
    return Converted(len(plain), [
        str(entry) for entry in (*others, *state)
        if entry not in (name, 'meta') and entry not in plain])


def _unpickled(path: str | os.PathLike) -> object:
    """Run the file's pickle: the only place where that is done."""
    if not os.path.isfile(path):
        raise FileNotFoundError(f'no such file: {path}')
    try:
        with _torch_may_unpickle():
            return torch.load(path, map_location='cpu', weights_only=False)
    # Its code may raise what it likes.
    except Exception as error:
        raise ValueError(f'{path} cannot be unpickled '
                         f'({type(error).__name__}: {error}); a missing '
                         'module has to be installed or put on PYTHONPATH'
                         ) from error


@contextmanager
def _torch_may_unpickle() -> Iterator[None]:
    """Lift what the package's import has told torch, for one loading."""
    before = os.environ.pop(_FORCE, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[_FORCE] = before


def _entries(content: object) -> Mapping:
    return content if isinstance(content, Mapping) else {}


def _weights_in(content: object, key: str | None,
                path: str | os.PathLike) -> tuple[str, Mapping]:
    """Find the weights in a file: their name and the weights by name."""
    if isinstance(content, nn.Module):
        return 'the model', content.state_dict()
    found = {str(entry): state for entry, value in _entries(content).items()
             if (state := _state(value)) is not None}
    if (state := _state(content)) is not None:
        found[''] = state
    wanted = key if key is not None else 'state_dict'
    if wanted in found:
        return wanted, found[wanted]
    if key is not None or len(found) != 1:
        raise ValueError(
            f'{path} holds ' + (
                f'weights under {", ".join(map(repr, found))}: choose one by '
                '--key' if found else 'no weights: no dict with tensors in '
                f'it, but a {type(content).__name__}'))
    return next(iter(found.items()))


def _state(value: object) -> Mapping | None:
    """Return weights by name, None if it is something else."""
    if isinstance(value, nn.Module):
        return value.state_dict()
    if isinstance(value, Mapping) and any(
            isinstance(entry, Tensor) for entry in value.values()):
        return value
    return None


def _tensor(value: object) -> Tensor | None:
    """Return a plain tensor, None for what is no array of numbers."""
    if isinstance(value, np.ndarray) and value.dtype.kind in 'biuf':
        return torch.from_numpy(np.ascontiguousarray(value))
    if isinstance(value, Tensor):
        return value.detach().clone().as_subclass(Tensor)
    return None
