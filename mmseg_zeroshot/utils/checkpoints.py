"""Checkpoints, read without running code from them: by us and by MMEngine.

A checkpoint is a pickle, and to unpickle is to run what the file says. Torch
can read weights alone, which runs nothing. MMEngine does so too, and where it
fails goes on to unpickle the file; here it does not.
"""
from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader, checkpoint
from torch.serialization import MAP_LOCATION

from .typing_utils import Checkpoint, ConfigValue

CONVERT = 'mmseg-zeroshot convert-checkpoint'
"""The command that writes the weights of an old file anew."""

# HistoryBuffer's methods that a checkpoint of mmengine refers to.
STATISTICS = ('min', 'max', 'current', 'mean')
# Of arrays: logged scalars, and states of random generators.
_KINDS = ('?', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4',
          'f8')
_ASKED_FOR = re.compile(r'GLOBAL (\S+)')


def history_method(owner: type, name: str) -> Callable:
    """Stand in for `getattr` when a checkpoint names a statistic.

    mmengine's message hub pickles `HistoryBuffer.min` and the like as
    ``getattr(HistoryBuffer, 'min')``. The real `getattr` reaches anything
    from anything (``getattr(getattr, '__self__')`` is `builtins`), so a
    checkpoint gets this one.

    Args:
        owner: What the checkpoint takes an attribute of.
        name: The attribute.

    Raises:
        UnpicklingError: If it is not a registered statistic.
    """
    if owner is not HistoryBuffer or name not in STATISTICS:
        raise pickle.UnpicklingError(
            f'the checkpoint asks for getattr({owner!r}, {name!r}); only '
            f'HistoryBuffer\'s {", ".join(STATISTICS)} may be read')
    return getattr(HistoryBuffer, name)


def checkpoint_globals() -> list[Any]:
    """Return what a checkpoint of mmengine holds besides tensors.

    Its message hub keeps the logged scalars as `HistoryBuffer`s of numpy
    arrays. None of these runs code from the file.
    """
    rebuild_array = np.zeros(0).__reduce__()[0]
    rebuild_scalar = np.float64(0).__reduce__()[0]
    kinds = [type(np.dtype(kind)) for kind in _KINDS]
    # numpy 2 has renamed the module; files keep the name of their time.
    renamed = [(rebuild, f'numpy.{core}.multiarray.{name}')
               for core in ('core', '_core')
               for rebuild, name in ((rebuild_array, '_reconstruct'),
                                     (rebuild_scalar, 'scalar'))]
    return [HistoryBuffer, np.ndarray, np.dtype, *kinds, *renamed,
            (history_method, 'builtins.getattr')]


def read_checkpoint(path: str | os.PathLike,
                    device: MAP_LOCATION = 'cpu') -> Checkpoint:
    """Read a checkpoint without running code from it.

    Args:
        path: File that MMEngine or `torch.save` wrote.
        device: Where its tensors go: the ``map_location`` of `torch.load`.

    Returns:
        Its content.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It cannot be opened.
        ValueError: It is no checkpoint, or holds more than weights; the
            message names the file, and tells how its owner converts it.
    """
    file = os.path.expanduser(path)
    if not os.path.isfile(file):
        raise FileNotFoundError(f'no such file: {path}')
    if not os.path.getsize(file):
        raise ValueError(f'{path} cannot be read as a checkpoint: it is '
                         'empty; its writer was stopped, or the disk is full')
    _admit_globals()
    with open(file, 'rb') as stream:
        try:
            content = torch.load(stream, map_location=device,
                                 weights_only=True)
        # Any error at all: the file's first bytes decide how it is parsed.
        except Exception as error:
            raise ValueError(_explained(path, error)) from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} cannot be read as a checkpoint: it holds a '
                         f'{type(content).__name__}, not weights by name')
    return content


def guard_engine() -> None:
    """Let MMEngine read checkpoints as :func:`read_checkpoint` does.

    Every way of MMEngine and MMSegmentation to weights (``load_from``,
    ``--resume``, ``Pretrained``, ``init_model``, their inferencer) ends in a
    loader that is registered by the prefix of the path. The one of local
    files is replaced. What others download is read by torch, which the
    package's import has told never to unpickle; here they learn to say which
    file was refused.
    """
    # In place of a list with `getattr` in it.
    checkpoint.get_torch_safe_globals = checkpoint_globals
    _admit_globals()
    # The only way to the loaders that are registered.
    for prefix, loader in list(CheckpointLoader._schemes.items()):
        CheckpointLoader.register_scheme(prefix, _explaining(loader),
                                         force=True)
    CheckpointLoader.register_scheme('', load_from_local, force=True)


def _admit_globals() -> None:
    """Let torch read what a checkpoint of MMEngine holds besides tensors.

    For the whole process and each time anew: the end of a ``safe_globals``
    block, as MMEngine has one, also takes away what was admitted before it.
    """
    torch.serialization.add_safe_globals(checkpoint_globals())


def load_from_local(filename: str, map_location: MAP_LOCATION) -> Checkpoint:
    """Load a local file: MMEngine's loader of this name, without pickles.

    Args:
        filename: The file.
        map_location: Where its tensors go.
    """
    return read_checkpoint(filename, map_location)


def _explaining(loader: Callable) -> Callable:
    """Let a loader of MMEngine name the file that it cannot read."""
    @wraps(loader)
    def explaining(filename: str, *args: ConfigValue,
                   **kwargs: ConfigValue) -> Checkpoint:
        _admit_globals()
        try:
            return loader(filename, *args, **kwargs)
        except (pickle.UnpicklingError, EOFError) as error:
            raise ValueError(_explained(filename, error)) from error
    return explaining


def _explained(path: str | os.PathLike, error: Exception) -> str:
    """Say why a file is not read; torch's text tells how to unpickle it."""
    if isinstance(error, pickle.UnpicklingError):
        asked = _ASKED_FOR.search(str(error))
        what = f', such as {asked[1]}' if asked else ''
        return (
            f'{path} cannot be read as a checkpoint: it is no file of weights '
            f'that torch wrote, or holds more than weights{what}. To read '
            'more would run code from the file, which is never done. If it '
            'is an old file of your own that you trust, let this run it once '
            'and write its weights anew: '
            f'{CONVERT} {path} --out NEW.pth --run-code-in-file')
    if 'TorchScript' in str(error):
        return (f'{path} cannot be read as a checkpoint: it is a TorchScript '
                'archive, which holds a program')
    return (f'{path} cannot be read as a checkpoint: '
            f'{str(error) or type(error).__name__}')


# MMEngine is there from now on, and nobody has read by it.
guard_engine()
