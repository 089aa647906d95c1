"""What every shipped config resolves to, as short hashes.

    python -m tests.resolved_configs

writes resolved_configs.json anew, for a config that is changed on purpose;
``git diff`` then shows which top-level keys of which configs changed.
"""
import hashlib
import json
import logging
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from mmengine.config import Config

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
FIXTURE = Path(__file__).with_suffix('.json')
DEFAULT, COMMON = 'default', 'most configs'

# What is set while which configs are read.
VARIANTS = {
    DEFAULT: ({}, '*'),
    'recipe paper': (dict(ZS_RECIPE='paper'), '*zs[35-]*'),
    'recipe gan': (dict(ZS_RECIPE='gan'), '*zs[35-]*'),
    'recipe released': (dict(ZS_RECIPE='released'), '*zs[35-]*'),
    'voc12-zs3-k4': (dict(ZS_SPLIT='voc12-zs3-k4'), '*voc12aug-zs3*'),
    'context-zs3-k4': (dict(ZS_SPLIT='context-zs3-k4'), '*context-zs3*'),
    'context-recursive-k6': (dict(ZS_SPLIT='context-recursive-k6'),
                             'zs_mmd/*context-zs3*'),
    'voc12-spnet-cv': (dict(ZS_SPLIT='voc12-spnet-cv'),
                       'spnet/*voc12aug-spnet*'),
    'cocostuff-spnet-cv': (dict(ZS_SPLIT='cocostuff-spnet-cv'),
                           '*cocostuff164k*'),
}


def leaves(configs: Path = CONFIGS) -> list[str]:
    """Paths of all configs that a user starts, below ``configs``.

    What experiments make of theirs is held by test_plan.py.
    """
    return sorted(path.relative_to(configs).as_posix()
                  for path in configs.glob('*/*.py')
                  if path.parent.name not in ('_base_', 'experiments'))


def hashes(leaf: str, configs: Path = CONFIGS) -> dict[str, dict[str, str]]:
    """The hash of every top-level key, by what is set in the environment.

    An error counts by its type.
    """
    return {name: _read(leaf, configs, variables)
            for name, (variables, pattern) in VARIANTS.items()
            if fnmatch(leaf, pattern)}


def _read(leaf: str, configs: Path,
          variables: dict[str, str]) -> dict[str, str]:
    with _environment(variables):
        try:
            config = Config.fromfile(configs / leaf).to_dict()
        except ValueError as error:
            return dict(error=type(error).__name__)
    return {key: _hash(value) for key, value in config.items()}


def _hash(value: Any) -> str:
    text = json.dumps(_tagged(value), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _tagged(value: Any) -> Any:
    """As JSON has it, but a tuple is no list."""
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_tagged(item) for item in value]
        return items if isinstance(value, list) else dict(tuple=items)
    return value


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set these of our variables and no others, and log nothing."""
    before, disabled = dict(os.environ), logging.root.manager.disable
    for name in before:
        if name.startswith('ZS_'):
            del os.environ[name]
    os.environ.update(variables)
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        logging.disable(disabled)


def differences(value: dict[str, str],
                base: dict[str, str]) -> dict[str, str]:
    """The keys of one row that another does not have like this."""
    return value if 'error' in value else {
        key: value.get(key, 'none') for key in sorted(value | base)
        if value.get(key) != base.get(key)}


def text(found: dict[str, dict]) -> str:
    """The fixture's text: only what is not as in most configs.

    A config's row is what differs from the commonest values, and a variant's
    what differs from the config's.
    """
    counts: dict[str, Counter] = defaultdict(Counter)
    for variants in found.values():
        for key, value in variants[DEFAULT].items():
            counts[key][value] += 1
    common = {key: count.most_common(1)[0][0]
              for key, count in sorted(counts.items())
              if count.total() > len(found) / 2}
    rows = [f' {json.dumps(COMMON)}: {json.dumps(common)}']
    for leaf, variants in found.items():
        lines = [
            f'  {json.dumps(name)}: ' + json.dumps(differences(
                keys, common if name == DEFAULT else variants[DEFAULT]))
            for name, keys in variants.items()]
        rows.append(f' {json.dumps(leaf)}: {{\n' + ',\n'.join(lines) + '\n }')
    return '{\n' + ',\n'.join(rows) + '\n}\n'


if __name__ == '__main__':
    FIXTURE.write_text(text({leaf: hashes(leaf) for leaf in leaves()}))
