"""Self-contained config files, written for people to read and change."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from mmseg_zeroshot.utils import atomic_write
from mmseg_zeroshot.utils.config_text import Name, assignment, comment
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
)

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ('', ('custom_imports', 'default_scope')),
    ('Which classes have no label in training, and word vectors of all.',
     ('split', 'embeddings')),
    ('The network.', ('model', )),
    ("Labels of unseen classes are gone before anything reads them: 'ignore' "
     "hides these pixels, 'drop' leaves out images that hold any. 'keep' "
     'shows them to the scores alone.',
     ('train_pipeline', 'test_pipeline', 'train_dataloader',
      'val_dataloader', 'test_dataloader', 'val_evaluator',
      'test_evaluator')),
    ('What the bank of pixel features is made of.', ('feature_bank', )),
    ('Labels that the model gives itself.', ('pseudo_labels', )),
    ('The training.', ('optim_wrapper', 'param_scheduler', 'train_cfg',
                       'val_cfg', 'test_cfg', 'load_from', 'resume',
                       'randomness')),
    ('OneRunHook, FiniteHook, LabelLeakHook and ConsistencyHook stop a run '
     'that is not alone in its work dir, has a loss of NaN, sees unseen '
     'labels or does not fit together; StageStartHook lets --resume go on '
     'with its own work; ZeroShotResultsHook writes '
     'zero_shot_results.json.', ('default_hooks', 'custom_hooks')),
    ('The runtime.', ()),
)
"""Comments and the keys behind each; the last has all other keys."""


def config_text(config: ConfigPart, title: str,
                notes: Iterable[str] = ()) -> str:
    """Return a config as a Python file that inherits nothing.

    Values that stand in several places, such as the split, become variables.

    Args:
        config: Plain values by top-level key.
        title: First sentence of its comment.
        notes: More sentences, a paragraph each.

    Raises:
        ValueError: A value has no text; its place is named.
    """
    shared = _shared(config)
    # A variable is written before what refers to it.
    values = {**shared, **{key: _with_names(value, shared)
                           for key, value in config.items()
                           if key not in shared}}
    for part in ('dataloader', 'evaluator'):
        if config.get(f'test_{part}') and (
                config[f'test_{part}'] == config.get(f'val_{part}')):
            values[f'test_{part}'] = Name(f'val_{part}')
    text = comment(title)
    for note in notes:
        text += '#\n' + comment(note)
    listed = {key for _, keys in SECTIONS for key in keys}
    for heading, keys in SECTIONS:
        there = [key for key in (keys or [k for k in values
                                          if k not in listed])
                 if key in values]
        if there and heading:
            text += '\n' + comment(heading)
        text += ''.join(assignment(key, values[key]) for key in there)
    return text


def write_config(path: Path, config: ConfigPart, title: str,
                 notes: Iterable[str] = ()) -> None:
    """Write a config file, whole or not at all.

    Args:
        path: The file.
        config: Plain values by top-level key.
        title: First sentence of its comment.
        notes: More sentences, a paragraph each.

    Raises:
        ValueError: A value has no text; its place is named.
    """
    text = config_text(config, title, notes)
    with atomic_write(path, 'w') as file:
        file.write(text)


def _shared(config: ConfigPart) -> ConfigType:
    """Return what stands in several places of a config, by variable."""
    loaders = {key: (config.get(f'{key}_dataloader') or {}).get('dataset', {})
               for key in ('train', 'val')}
    head = (config.get('model') or {}).get('decode_head') or {}
    found = dict(
        split=loaders['val'].get('split'), embeddings=head.get('embeddings'),
        train_pipeline=loaders['train'].get('pipeline'),
        test_pipeline=loaders['val'].get('pipeline'))
    return {key: value for key, value in found.items() if value}


def _with_names(value: ConfigValue, shared: ConfigPart,
                key: str = '') -> ConfigValue:
    """Put a variable in the place of a value that equals it."""
    for name, known in shared.items():
        if value == known and (key == name or key == 'pipeline'):
            return Name(name)
    if isinstance(value, Mapping):
        # The type first: it says what the rest is about.
        keys = sorted(value, key=lambda k: k != 'type')
        return {k: _with_names(value[k], shared, k) for k in keys}
    if isinstance(value, (list, tuple)):
        return type(value)(_with_names(item, shared, key) for item in value)
    return value
