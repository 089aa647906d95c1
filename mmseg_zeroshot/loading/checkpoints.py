"""Checkpoints, read without running code from them."""
from __future__ import annotations

import os
import pickle

import torch

from mmseg_zeroshot._stack import checkpoint_globals
from mmseg_zeroshot.utils.typing_utils import Checkpoint


def read_checkpoint(path: str | os.PathLike) -> Checkpoint:
    """Read a checkpoint without running code from it.

    Args:
        path: File that MMEngine or `torch.save` wrote.

    Returns:
        Its content, on the CPU.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It cannot be opened.
        ValueError: It is no checkpoint.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(f'no such file: {path}')
    # MMEngine's hold the logged scalars beside the weights.
    # Before torch 2.4 nothing had to be named.
    if hasattr(torch.serialization, 'add_safe_globals'):
        torch.serialization.add_safe_globals(checkpoint_globals())
    try:
        content = torch.load(path, map_location='cpu', weights_only=True)
    except OSError:
        raise
    except pickle.UnpicklingError as error:
        # Its own text tells how to unpickle the file all the same.
        raise ValueError(
            f'{path} cannot be read as a checkpoint: it is no file of weights '
            'that torch wrote, or holds more than weights') from error
    except Exception as error:
        # Any error at all: the file's first bytes decide how it is parsed.
        raise ValueError(f'{path} cannot be read as a checkpoint: '
                         f'{error}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} cannot be read as a checkpoint: it holds a '
                         f'{type(content).__name__}, not weights by name')
    return content
