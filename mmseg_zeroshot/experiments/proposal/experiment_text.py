"""The text of an experiment file, for a person to read and edit."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from mmseg_zeroshot.experiments.folder_data import FolderData
from mmseg_zeroshot.semantics.class_embeddings import WordsSpec
from mmseg_zeroshot.utils.config_text import assignment, comment
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

_SHOWN = ('root', 'classes', 'train', 'val', 'images', 'masks', 'size',
          'crop')
"""Keys of a folder that a person wants to see, also with usual values."""
_OTHER_KEYS = """\
# More keys, with their usual values:
# recipe = 'strict'  # or 'paper', 'released', 'gan'
# mode = 'ignore'  # or 'drop': images with an unseen class are left out
# iterations = dict(seen=1000)  # length of a training, by step
# options = dict(all={'optim_wrapper.optimizer.lr': 0.01})  # any config key
"""


def experiment_text(*, title: str, data: str | ConfigPart, split: ConfigPart,
                    words: WordsSpec, network: str, dataset: str = '',
                    why: Mapping[str, str] | None = None) -> str:
    """Return an experiment file.

    Args:
        title: What it is, a sentence.
        data: The key ``data``: a mapping of a folder's keys, the name of a
            data set, or empty where the network's config brings its own.
        split: The key ``split``; empty groups are left out.
        words: The key ``words``.
        network: The key ``network``.
        dataset: Name of the data set in tables.
        why: A sentence to add to the comment above a key, by key.
    """
    why = why or {}
    blocks = [comment(title) + comment(
        'Next: `mmseg-zeroshot check` with this file.')]
    if data:
        blocks.append(_block(
            'data', _folder(data) if isinstance(data, Mapping) else data,
            _about_data(data), why))
    if dataset:
        blocks.append(_block('dataset', dataset,
                             'Name of the data set in tables.', why))
    groups = {key: value for key, value in split.items() if value}
    blocks.append(_block('split', groups, _about_split(groups), why))
    blocks.append(_block(
        'words', words,
        'Class vectors: a shipped table, or an .npz file, which '
        '`mmseg-zeroshot build-embeddings` makes; a list of several joins '
        'them.', why))
    blocks.append(_block(
        'network', network,
        'A file of configs/_base_/models, or any mmseg config, '
        "'mmseg::segformer/....py' or a path, with its own schedule and "
        'pipelines.', why))
    return '\n'.join([*blocks, _OTHER_KEYS])


def _block(key: str, value: ConfigValue, about: str,
           why: Mapping[str, str]) -> str:
    """Return an assignment under its comment."""
    return (comment(' '.join(filter(None, [about, why.get(key, '')])))
            + assignment(key, value))


def _folder(data: ConfigPart) -> ConfigType:
    """Return a folder's keys, without unimportant ones of usual values."""
    usual = {f.name: f.default for f in fields(FolderData)}
    return {key: data[key] for key in usual
            if key in data and (key in _SHOWN or data[key] != usual[key])}


def _about_data(data: str | ConfigPart) -> str:
    if not isinstance(data, Mapping):
        return ('A data set: a file of configs/_base_/datasets, or an mmseg '
                'config.')
    about = ('Images and masks. Masks hold ids, the positions in `classes`; '
             '255 carries no label. `train` and `val` are lists or folders.')
    if 'size' in data:
        about += (' Images are scaled to fit into `size` (width, height), '
                  'and `crop` (height, width) is cut for training.')
    return about


def _about_split(groups: ConfigPart) -> str:
    about = 'No training step reads labels of `unseen` classes.'
    if 'validation' in groups:
        about += (' `validation` names seen classes that stand in for them '
                  'while the calibration is chosen.')
    else:
        about += (' Without `validation` (some seen classes) no calibration '
                  'can be chosen.')
    if 'ignored' in groups:
        about += ' `ignored` classes are neither trained nor scored.'
    return about
