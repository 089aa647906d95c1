"""The shipped configs and experiments of each method, and a page of them."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import (
    Experiment,
    read_experiment,
    shipped_experiments,
)
from mmseg_zeroshot.results.published import splits_of

from .registry import METHODS, Method, Paper

_INTRODUCTION = """\
<!-- Written by tools/model_zoo.py. -->
# Configs and experiments

A config trains one stage of a method. An experiment says data, split, words
and network, and methods run on it. Where a method names experiments below, a
paper reports it on their splits.

```bash
mmseg-zeroshot train CONFIG
mmseg-zeroshot run EXPERIMENT METHOD
```
"""


def method_of_folder(folder: str) -> Method | None:
    """Return the method that a folder of configs is named after, if any.

    Args:
        folder: Its name, such as ``'zs_mmd'`` for the method ``zs-mmd``.
    """
    return METHODS.get(folder.replace('_', '-'))


def method_of_config(path: Path) -> Method | None:
    """Return the method that a config is of.

    It is the one that the file's name begins with, among the methods with a
    page in the folder (among all in a folder without a method's page);
    otherwise the folder's.

    Args:
        path: The config.
    """
    folder = path.parent.name
    own = [method for method in METHODS.values()
           if Path(method.page).parent.name == folder] or METHODS.values()
    fitting = [method for method in own if path.stem.startswith(method.name)]
    return max(fitting, key=lambda method: len(method.name),
               default=method_of_folder(folder))


def overview(configs: Iterable[Path]) -> str:
    """Return the page that lists each method's configs and experiments.

    Args:
        configs: The configs, each from the folder ``configs``.
    """
    experiments = {name: read_experiment(path)
                   for name, path in shipped_experiments().items()}
    by_method: dict[str, list[Path]] = {name: [] for name in METHODS}
    for path in configs:
        method = method_of_config(path)
        if method is not None:
            by_method[method.name].append(path)
    lines = [_INTRODUCTION]
    for name, method in METHODS.items():
        lines += _section(method, by_method[name], experiments)
    lines += ['## Experiments', '']
    lines += [f'- [{name}](experiments/{name}.py): '
              + ', '.join(_splits(experiment))
              for name, experiment in experiments.items()]
    return '\n'.join(lines) + '\n'


def _section(method: Method, configs: Iterable[Path],
             experiments: Mapping[str, Experiment]) -> Iterator[str]:
    yield f'## {method.title}'
    yield ''
    yield (f'[`{method.name}`]({method.page}): {method.summary}. '
           f'Rows in tables: {", ".join(method.rows)}.')
    if method.paper:
        yield f'From {_link(method.paper)} ({method.paper.reference}).'
    if method.variants:
        yield f'Variants: {", ".join(method.variants)}.'
    reported = set(splits_of(method.name))
    named = [name for name, experiment in experiments.items()
             if reported & {*_splits(experiment)}]
    if named:
        yield f'Experiments: {", ".join(named)}.'
    yield ''
    yield from (f'- [{path.stem}]({path.as_posix()})' for path in configs)
    yield ''


def _link(paper: Paper) -> str:
    return f'[{paper.title}]({paper.url})' if paper.url else paper.title


def _splits(experiment: Experiment) -> tuple[str, ...]:
    """Return the names of the splits that an experiment serves."""
    return tuple(experiment.splits) or (experiment.classes.name, )
