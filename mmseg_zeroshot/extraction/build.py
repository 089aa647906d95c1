"""A feature bank from a config and a checkpoint."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch

from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.utils.feature_settings import feature_settings
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .configs import KEYS, bank_config, extraction_settings
from .parts import make_dataset, make_extract


def build_bank(path: str, checkpoint: str, *,
               options: ConfigPart | None = None,
               out: str | None = None, workers: int | None = None,
               devices: Sequence[str] | None = None, overwrite: bool = False,
               report: Callable[[str], None] = print) -> FeatureBank:
    """Build the bank that a config's ``feature_bank`` describes.

    Args:
        path: The config file, which every process reads.
        checkpoint: Weights of the extractor.
        options: Config keys to change.
        out: Folder of the bank. Default: the config's.
        workers: Processes; 0 works in this one. Default: one per device if
            there are several, else 0.
        devices: Such as ``'cpu'`` or ``'cuda:1'``. Default: those of
            :func:`default_devices`.
        overwrite: Replace a bank that was made from something else.
        report: Takes lines about the progress.

    Returns:
        The bank, opened.

    Raises:
        OSError: A file is missing, or the disk is full.
        ValueError: The config does not describe a bank, or the checkpoint
            does not fit (see :func:`make_dataset`, :func:`make_extract` and
            :func:`build_feature_bank`).
        RuntimeError: A process died, or another build of this bank runs.
    """
    config = bank_config(path, options)
    given = config.feature_bank
    devices = devices or default_devices()
    if workers is None:
        workers = len(devices) if len(devices) > 1 else 0
    sizes = {key: given[key] for key in KEYS[2:] if key in given}
    return build_feature_bank(
        out or given.path,
        make_dataset=partial(make_dataset, path, options),
        make_extract=partial(make_extract, path, options, checkpoint),
        checkpoint=checkpoint, config=extraction_settings(config),
        settings=feature_settings(config), **sizes, workers=workers,
        devices=devices, overwrite=overwrite, report=report)


def default_devices() -> list[str]:
    """Every visible GPU, or the CPU."""
    count = torch.cuda.device_count()
    return [f'cuda:{i}' for i in range(count)] or ['cpu']
