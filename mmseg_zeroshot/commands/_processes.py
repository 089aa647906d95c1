"""mmseg's own tools in several processes on a machine without a GPU."""
from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

# What the engine chooses on a GPU, but for the device: a CPU has no number.
WRAPPER = {'type': 'MMDistributedDataParallel', 'broadcast_buffers': False,
           'device_ids': None}


def joined(argv: Sequence[str]) -> list[str]:
    """Join the group of processes that ``torchrun`` started, on a CPU.

    MMEngine's launcher ``pytorch`` calls ``torch.cuda.set_device`` and hands
    DistributedDataParallel a number of a GPU. Both fail without one, also with
    the backend gloo. It leaves a group that is there alone, so gloo's is made
    here. With a GPU, or without this launcher, nothing is done.

    Args:
        argv: Arguments of mmseg's ``train.py`` or ``test.py``.

    Returns:
        The arguments to run the tool with.

    Raises:
        SystemExit: The launcher is asked for, and no ``torchrun`` started
            the process.
    """
    if not _without_gpu(argv):
        return list(argv)
    from torch import distributed

    if 'RANK' not in os.environ:
        raise SystemExit(
            'error: --launcher pytorch needs the processes that torchrun '
            'starts:\n    torchrun --nproc-per-node 2 -m mmseg_zeroshot train '
            'CONFIG --launcher pytorch')
    distributed.init_process_group('gloo')
    return [*argv, '--cfg-options', *(
        f'model_wrapper_cfg.{key}={value}' for key, value in WRAPPER.items())]


def _without_gpu(argv: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--launcher')
    if parser.parse_known_args(argv)[0].launcher != 'pytorch':
        return False
    from mmengine.device import get_device
    return get_device() == 'cpu'
