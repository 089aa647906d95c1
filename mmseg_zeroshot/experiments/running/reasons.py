"""Why a step runs again, in words."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from mmseg_zeroshot.utils.typing_utils import JSONObject, JSONValue

from .identity import CONTENTS, Identity
from .tasks import Task

_MOST = 3
_FEW = 3
_WIDTH = 40
_ABSENT = object()


def why(task: Task, earlier: JSONObject | None) -> str:
    """Say why a task runs although its step ran before.

    Args:
        task: The task.
        earlier: ``step.json`` of the newest other folder of the same step
            and seed; None if there is none.

    Returns:
        At most three differences, separated by semicolons, and how many
        more there are.
    """
    if earlier is None:
        return 'not run yet'
    found = differences(earlier, task.identity)
    if not found:
        return 'another version of this package ran it'
    more = len(found) - _MOST
    return '; '.join([*found[:_MOST], *([f'and {more} more'] if more > 0
                                        else [])])


def differences(old: JSONObject, new: Identity) -> list[str]:
    """Say what two identities differ in, words and split first.

    Args:
        old: The earlier identity.
        new: The later one.

    Returns:
        Every difference once, also if it stands in several places under
        different keys.
    """
    return [*_values(old, new), *_contents(old, new), *_imports(old, new),
            *_inputs(old, new)]


def _values(old: JSONObject, new: Identity) -> list[str]:
    kept = ('config', 'arguments', 'command', 'load')
    before = dict(_leaves({key: old.get(key) for key in kept}))
    after = dict(_leaves({key: new.get(key) for key in kept}))
    found: dict[str, tuple[JSONValue, JSONValue]] = {}
    for key in dict.fromkeys([*after, *before]):
        a, b = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if a != b and not _same_file(a, b, old, new):
            found.setdefault(_label(key), (a, b))
    if any(label.startswith('split.') for label in found
           if label != 'split.name'):
        found.pop('split.name', None)
    alike: dict[str, list[str]] = {}
    for label in sorted(found, key=_rank):
        a, b = found[label]
        alike.setdefault(_changed_items(a, b) or repr((a, b)), []).append(
            label)
    return [_change(_keys(labels, *found[labels[0]]), *found[labels[0]])
            for labels in alike.values()]


def _keys(labels: list[str], *values: JSONValue) -> str:
    """Name the keys that changed alike; of a list, the first says enough."""
    if any(isinstance(value, list) for value in values):
        return labels[0]
    more = len(labels) - _MOST
    return ', '.join(labels[:_MOST]) + (f' and {more} more' if more > 0
                                        else '')


def _changed_items(old: JSONValue, new: JSONValue) -> str:
    """Say which items of a list changed; empty where that says no more."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return ''
    lost = [item for item in old if item not in new]
    added = [item for item in new if item not in old]
    if not lost and not added:
        return ''
    if len(old) == len(new) and len(lost) == len(added):
        texts = [f'{a!r} -> {b!r}' for a, b in zip(lost, added)]
    else:
        texts = [*(f'+ {item}' for item in added),
                 *(f'- {item}' for item in lost)]
    more = len(texts) - _MOST
    return ', '.join([*texts[:_MOST], *([f'and {more} more'] if more > 0
                                        else [])])


def _leaves(value: JSONValue, place: str = '') -> Iterator[
        tuple[str, JSONValue]]:
    """Yield dotted key and value; a list of plain values is one value."""
    if isinstance(value, Mapping):
        items = list(value.items())
    elif isinstance(value, list) and any(
            isinstance(item, (Mapping, list)) for item in value):
        items = [(str(i), item) for i, item in enumerate(value)]
    else:
        yield place, value
        return
    for key, item in items:
        yield from _leaves(item, f'{place}.{key}' if place else key)


def _label(key: str) -> str:
    """Return the name by which people know a config key."""
    parts = key.removeprefix('config.').split('.')
    if parts[-1] == 'embeddings':
        return 'words'
    if 'split' in parts:
        return '.'.join(parts[parts.index('split'):])
    return '.'.join(parts)


def _rank(label: str) -> int:
    """Put what an experiment says itself before what follows from it."""
    first = ('words', 'split', 'train_cfg')
    name = label.partition('.')[0]
    if name in first:
        return first.index(name)
    return len(first) + (name == 'param_scheduler')


def _change(label: str, old: JSONValue, new: JSONValue) -> str:
    if old is _ABSENT:
        return f'{label} is new: {_shown(new)}'
    if new is _ABSENT:
        return f'{label} is gone, it was {_shown(old)}'
    items = _changed_items(old, new)
    texts = [_shown(old), _shown(new)]
    if items and (max(len(old), len(new)) > _FEW
                  or any(text.endswith('…') for text in texts)):
        return f'{label}: {items}'
    if texts[0] == texts[1]:
        texts = [str(old), str(new)]
    return f'{label} changed: {texts[0]} -> {texts[1]}'


def _shown(value: JSONValue) -> str:
    if isinstance(value, list):
        text = ', '.join(map(_shown, value)) or 'none'
    elif isinstance(value, str) and value.endswith(CONTENTS):
        text = os.path.basename(value)
    else:
        text = 'none' if value is None else str(value)
    return text if len(text) <= _WIDTH else f'{text[:_WIDTH - 1]}…'


def _same_file(a: JSONValue, b: JSONValue, old: JSONObject,
               new: Identity) -> bool:
    """Whether two paths name files of the same content."""
    if not (isinstance(a, str) and isinstance(b, str)):
        return False
    before = (old.get('files') or {}).get(a)
    return before is not None and before == new['files'].get(b)


def _contents(old: JSONObject, new: Identity) -> list[str]:
    known = old.get('files') or {}
    return [f'the content of {os.path.basename(path)} changed'
            for path, content in new['files'].items()
            if known.get(path, content) != content]


def _imports(old: JSONObject, new: Identity) -> list[str]:
    known = old.get('imports') or {}
    return [f'imports.{name} changed'
            for name, content in new.get('imports', {}).items()
            if known.get(name, content) != content]


def _inputs(old: JSONObject, new: Identity) -> list[str]:
    known = old.get('inputs') or {}
    changed = [f'its input {name!r} changed' if name in known
               else f'it has a new input, {name!r}'
               for name, content in new['inputs'].items()
               if known.get(name) != content]
    return changed + [f'its input {name!r} is gone' for name in known
                      if name not in new['inputs']]
