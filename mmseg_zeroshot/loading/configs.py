"""Configs that a user names."""
from __future__ import annotations

import os

from mmengine.config import Config

from mmseg_zeroshot.utils.typing_utils import ConfigPart


def open_config(path: str, options: ConfigPart | None = None
                ) -> Config:
    """Read a config and change some of its keys.

    Args:
        path: The file.
        options: Dotted keys with their new values.

    Returns:
        The config.

    Raises:
        FileNotFoundError: There is no such file.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(f'no such file: {path}')
    config = Config.fromfile(path)
    config.merge_from_dict(dict(options or {}))
    return config
