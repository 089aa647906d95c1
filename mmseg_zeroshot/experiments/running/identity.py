"""What decides about the outcome of a step, and its fingerprint."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

from mmseg_zeroshot.experiments.step import Step
from mmseg_zeroshot.utils.typing_utils import (
    ConfigPart,
    ConfigType,
    ConfigValue,
    JSONValue,
)

if TYPE_CHECKING:  # in typing from Python 3.11 on
    from typing_extensions import NotRequired

IGNORED = {
    'work_dir': "the step's own folder",
    'resume': 'whether it goes on, not where it ends',
    'log_level': 'what is printed',
    'log_processor': 'how it is printed',
    'visualizer': 'what is drawn',
    'default_hooks.logger': 'how often something is printed',
    'default_hooks.visualization': 'which images are drawn',
    'env_cfg.mp_cfg': 'how processes are started',
    'env_cfg.dist_cfg': 'how processes talk',
    'randomness.seed': "the task's own seed takes its place",
    '*_dataloader.num_workers': 'speed',
    '*_dataloader.persistent_workers': 'speed',
    '*_dataloader.pin_memory': 'speed',
    '*_dataloader.prefetch_factor': 'speed',
}
"""Config keys that do not change the outcome, each with the reason."""

READ = {
    # Features come before words: a bank serves every method on its network.
    'build-feature-bank': (
        'feature_bank', 'model.type', 'model.data_preprocessor',
        'model.backbone', 'model.neck', 'model.decode_head.host',
        'model.decode_head.split'),
}
"""Config keys that a command reads, if it leaves most of a config alone."""

CONTENTS = ('.npz', '.txt', '.json')
"""Ends of small files whose content counts and whose path does not: tables
of word vectors, and lists of images, classes and graphs."""



class Identity(TypedDict):
    """What decides about the outcome of a step, as plain values."""

    command: str
    load: str
    arguments: list[str]
    seed: int
    inputs: dict[str, str]
    """By name of a step that something is taken from, its fingerprint."""
    config: ConfigType | None
    """What counts of the config."""
    files: dict[str, str]
    """By path of a small file that is named, the SHA-256 of its content."""
    imports: NotRequired[dict[str, str]]
    """By module that the experiment brings along, the SHA-256 of its files."""


def identity(step: Step, seed: int,
             inputs: Mapping[str, str]) -> Identity:
    """Say what decides about the outcome of a step.

    References to other steps stay text, and no folder of the run is part of
    it: a work dir may be moved.

    Args:
        step: The step.
        seed: Its seed.
        inputs: Fingerprints of the tasks that it takes something from.

    Returns:
        Plain values. ``files`` has the SHA-256 of the content of every small
        file that the config or an argument names, and ``imports``, where the
        step runs code of the experiment's own, those of the modules.

    Raises:
        ValueError: The config holds something that has no text.
    """
    said = _plain(dict(
        command=step.command, load=step.load,
        arguments=list(step.arguments), seed=seed, inputs=dict(inputs),
        config=None if step.config is None else _counted(step)),
        f'step {step.name!r}')
    if step.modules:
        said['imports'] = {name: ' '.join(map(_content, files))
                           for name, files in step.modules.items()}
    return cast(Identity, dict(said, files=dict(_named_files(said))))


def fingerprint(said: Identity) -> str:
    """Return the hash of an identity, of 64 hexadecimal digits.

    Args:
        said: What :func:`identity` returns.
    """
    counted = {key: value for key, value in said.items() if key != 'files'}
    text = json.dumps(_with_contents(counted, said['files']), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _counted(step: Step) -> ConfigType:
    """Return the part of a step's config that counts."""
    counted = _counting(step.config or {})
    places = READ.get(step.command)
    return counted if places is None else _only(counted, places)


def _only(config: ConfigPart, places: Sequence[str]) -> ConfigType:
    """Return what stands at dotted keys, by these."""
    found = {}
    for place in places:
        value: ConfigValue = config
        for part in place.split('.'):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            found[place] = value
    return found


def _counting(config: ConfigPart, above: str = '') -> ConfigType:
    """Leave out what is ignored."""
    kept = {}
    for key, value in config.items():
        place = f'{above}{key}'
        if any(fnmatchcase(place, pattern) for pattern in IGNORED):
            continue
        if not (isinstance(value, Mapping) and value):
            kept[key] = value
        elif inner := _counting(value, f'{place}.'):
            kept[key] = inner
    return kept


def _plain(value: ConfigValue, place: str) -> JSONValue:
    """Return what JSON holds; tuples are lists in it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item, f'{place}: {key}')
                for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, place) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(
        f'{place} is a {type(value).__name__}, {value!r}, and has no text in '
        'a config file: use plain text, numbers, lists and dicts')


def _named_files(value: JSONValue,
                 root: str = '') -> Iterator[tuple[str, str]]:
    """Yield path and SHA-256 of every small file that is named.

    Args:
        value: Nested values.
        root: The data set's folder, which its paths may begin at.
    """
    if isinstance(value, Mapping):
        inner = value.get('data_root')
        root = inner if isinstance(inner, str) else root
        for item in value.values():
            yield from _named_files(item, root)
    elif isinstance(value, list):
        for item in value:
            yield from _named_files(item, root)
    elif isinstance(value, str) and (path := _small_file(value, root)):
        yield str(path), _content(path)


def _with_contents(value: JSONValue, known: Mapping[str, str],
                   root: str = '') -> JSONValue:
    """Put the SHA-256 of its content in the place of a file's path."""
    if isinstance(value, Mapping):
        inner = value.get('data_root')
        root = inner if isinstance(inner, str) else root
        return {key: _with_contents(item, known, root)
                for key, item in value.items()}
    if isinstance(value, list):
        return [_with_contents(item, known, root) for item in value]
    if isinstance(value, str):
        for path in _candidates(value, root):
            if str(path) in known:
                return f'sha256:{known[str(path)]}'
    return value


def _small_file(text: str, root: str) -> Path | None:
    return next((path for path in _candidates(text, root)
                 if path.is_file()), None)


def _candidates(text: str, root: str) -> list[Path]:
    if not text.endswith(CONTENTS) or '\n' in text:
        return []
    return [Path(text), *([Path(root, text)] if root else [])]


def _content(path: Path) -> str:
    about = path.stat()
    return _sha256(path, about.st_mtime_ns, about.st_size)


@cache
def _sha256(path: Path, changed: int, size: int) -> str:
    """Return the hash of a file's content; a changed file is read again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
