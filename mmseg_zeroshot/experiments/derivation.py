"""A config on top of another one, without a file."""
from __future__ import annotations

import copy

from mmengine.config import Config

from mmseg_zeroshot.utils.typing_utils import ConfigPart


def derive(base: Config, change: ConfigPart) -> Config:
    """Merge a change over a config as MMEngine merges a file over its base.

    ``derive(base, stages.X(base, ...))`` is what a file gives whose
    ``_base_`` is that config and which calls the same stage. Dicts are
    merged, ``_delete_=True`` in a dict replaces the base's, and everything
    else, lists too, replaces what the base has.

    Args:
        base: The config; it stays as it is.
        change: What a stage returns, or any other keys.

    Returns:
        A new config that shares nothing with either.

    Raises:
        TypeError: A dict would be merged into something that is none.

    Example:
        >>> from mmseg_zeroshot.experiments import stages
        >>> spnet = derive(base, stages.spnet(
        ...     base, split='voc12-spnet', embeddings='glove-6b-50d'))
    """
    config = copy.deepcopy(base)
    # A file may not change one item of a list by its number; options may.
    config.merge_from_dict(copy.deepcopy(dict(change)), allow_list_keys=False)
    return config
