"""What of a config decides the pixel features of a frozen network."""
from __future__ import annotations

import json
from collections.abc import Mapping

from .json_values import short
from .typing_utils import ConfigPart, ConfigType, ConfigValue

NETWORK = ('data_preprocessor', 'backbone', 'neck', 'host')
WITHOUT_EFFECT = ('init_cfg', 'pretrained', 'frozen_stages', 'norm_eval',
                  'with_cp', 'loss_decode', 'sampler', 'num_classes',
                  'dropout_ratio')
"""Keys of a network's parts that a trained network in eval mode ignores."""
OF_TRAINING = ('type', 'size', 'size_divisor')
"""Keys of a data preprocessor for other batches than the extractor's: its
type says what else it takes, and it pads images in training alone."""
SHOWN = 60
"""Most characters of a value in a message."""


def feature_settings(config: ConfigPart) -> ConfigType:
    """Return the settings that a bank's features depend on, beside weights.

    Not the place of the data: a bank may be trained on where its images are
    not.

    Args:
        config: A config with ``model`` and perhaps ``feature_bank``.

    Returns:
        The network's parts and the ``pipeline`` of the bank's images, as
        JSON gives them back; without what the config does not say.
    """
    model = config.get('model')
    if not isinstance(model, Mapping):
        return {}
    head = model.get('decode_head') or {}
    parts = dict(model, host=head.get('host', head))
    settings = {name: _cleaned(name, parts[name])
                for name in NETWORK if parts.get(name)}
    dataset = (config.get('feature_bank') or {}).get('dataset') or {}
    if dataset.get('pipeline'):
        settings['pipeline'] = dataset['pipeline']
    plain: ConfigType = json.loads(json.dumps(settings, default=repr))
    return plain


def settings_differences(expected: ConfigValue, found: ConfigValue,
                         place: str = '') -> list[str]:
    """Say in which keys settings differ.

    Args:
        expected: What is wanted; of its topmost keys, those that ``found``
            does not have are not compared.
        found: What is there.
        place: The key that both stand under.

    Returns:
        One short text per differing key, such as ``'backbone.depth is 50
        instead of 101'``; none if they agree.
    """
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        keys = (expected.keys() | found.keys() if place
                else expected.keys() & found.keys())
        pairs = [(f'{place}.{key}'.lstrip('.'), expected.get(key),
                  found.get(key)) for key in sorted(keys)]
    elif (isinstance(expected, list) and isinstance(found, list)
          and len(expected) == len(found)
          and any(isinstance(item, Mapping) for item in expected)):
        pairs = [(f'{place}.{i}', one, two)
                 for i, (one, two) in enumerate(zip(expected, found))]
    elif expected == found:
        return []
    else:
        return [f'{place} is {short(found, SHOWN)} instead of '
                f'{short(expected, SHOWN)}']
    return [text for key, one, two in pairs
            for text in settings_differences(one, two, key)]


def _cleaned(name: str, part: ConfigValue) -> ConfigValue:
    """Leave out what does not change features; a neck may be a list."""
    if not isinstance(part, Mapping):
        return part
    out = OF_TRAINING if name == 'data_preprocessor' else WITHOUT_EFFECT
    return {key: value for key, value in part.items() if key not in out}
