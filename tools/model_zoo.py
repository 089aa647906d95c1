"""Write the model zoo's index and the page of all configs, configs/README.md.

    python tools/model_zoo.py            # write what has changed
    python tools/model_zoo.py --check    # only say what would

The index is model-index.yml and a metafile.yaml in each folder of configs.
Everything comes from the configs and from docs/results: what a config trains
on which data, and the scores of its runs; name and paper of a method come from
its registration. A config without runs has no results. Configs that share the
name of their runs have none either.
Weights are not published. It is no subcommand of `mmseg-zeroshot`: it writes
files of the repository, which no installation has.
"""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.fileio import dump

from mmseg_zeroshot.experiments.methods import Paper
from mmseg_zeroshot.experiments.methods.shipped import (
    method_of_config,
    method_of_folder,
    overview,
)
from mmseg_zeroshot.results import summarize
from mmseg_zeroshot.results.records import shipped_records
from mmseg_zeroshot.semantics.supervision import stated_supervision
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.utils.tables import score_headings
from mmseg_zeroshot.utils.typing_utils import ConfigPart, JSONObject

ROOT = Path(__file__).resolve().parents[1]
INDEX, METAFILE = 'model-index.yml', 'metafile.yaml'
OVERVIEW = 'configs/README.md'
# Folders of configs that are no method.
NO_METHODS = ('_base_', 'experiments')
LICENSE = 'Apache License 2.0'
SCORES = ('Seen mIoU', 'Unseen mIoU', 'Overall mIoU', 'hIoU')


def method_folders(root: Path) -> list[Path]:
    """Return the folders of configs that are methods, sorted by name.

    Args:
        root: The checkout.
    """
    return sorted(folder for folder in (root / 'configs').iterdir()
                  if folder.is_dir() and folder.name not in NO_METHODS
                  and any(folder.glob('*.py')))


def rendered(root: Path) -> dict[Path, str]:
    """Return the text of every file of the index.

    Args:
        root: The checkout.

    Raises:
        ValueError: A folder of configs has no paper or no README.
    """
    folders = method_folders(root)
    for folder in folders:
        if not (folder / 'README.md').is_file():
            raise ValueError(f'configs/{folder.name} has no README.md')
    with default_environment():
        entries = {folder: [model_entry(path, root) for path in sorted(
            folder.glob('*.py'))] for folder in folders}
    add_results([entry for part in entries.values() for entry in part], root)
    texts = {
        folder / METAFILE: as_yaml(dict(
            Collections=[collection(folder, part)], Models=part))
        for folder, part in entries.items()}
    texts[root / OVERVIEW] = overview(
        path.relative_to(root / 'configs')
        for folder in folders for path in sorted(folder.glob('*.py')))
    texts[root / INDEX] = as_yaml(dict(Import=[
        f'configs/{folder.name}/{METAFILE}' for folder in folders]))
    return texts


@contextmanager
def default_environment() -> Iterator[None]:
    """Read configs as they are without the user's ``ZS_`` variables."""
    given = {key: os.environ.pop(key) for key in list(os.environ)
             if key.startswith('ZS_')}
    try:
        yield
    finally:
        os.environ.update(given)


def collection(folder: Path,
               entries: Sequence[JSONObject]) -> JSONObject:
    """Return the entry of a folder of configs.

    Args:
        folder: The folder.
        entries: Its models.

    Raises:
        ValueError: No registered method with a paper is in it.
    """
    paper = paper_of(folder)
    data = dict.fromkeys(entry['Metadata']['Data Set'] for entry in entries)
    return {
        'Name': collection_name(folder), 'License': LICENSE,
        'Metadata': {'Training Data': list(data)},
        'Paper': {'Title': paper.title, 'URL': paper.url},
        'README': f'configs/{folder.name}/README.md'}


def collection_name(folder: Path) -> str:
    """Return what a folder's method is called, else its README's heading.

    Args:
        folder: The folder.
    """
    method = method_of_folder(folder.name)
    if method is not None:
        return method.title
    heading, *_ = (folder / 'README.md').read_text('utf-8').splitlines()
    return heading.strip('# ')


def paper_of(folder: Path) -> Paper:
    """Return the paper of a folder's method, else of its first config's.

    Args:
        folder: The folder.

    Raises:
        ValueError: No registered method with a paper is in it.
    """
    methods = [method_of_folder(folder.name), *map(
        method_of_config, sorted(folder.glob('*.py')))]
    papers = [method.paper for method in methods if method and method.paper]
    if not papers:
        raise ValueError(f'configs/{folder.name}: no method of its name, or '
                         'that a file in it is named after, is registered '
                         'with a paper; add paper= to its register_method')
    return papers[0]


def model_entry(path: Path, root: Path) -> JSONObject:
    """Return the entry of a config.

    Args:
        path: The config.
        root: The checkout.

    Raises:
        ValueError: the config has no ``ZeroShotResultsHook``.
    """
    config = Config.fromfile(path)
    hook = results_hook(config)
    if hook is None:
        raise ValueError(f'{path} has no ZeroShotResultsHook')
    backbone = config.model.backbone
    depth = backbone.get('depth', '')
    variant = dict(hook.get('variant') or {})
    return {
        'Name': path.stem,
        'In Collection': collection_name(path.parent),
        'Config': path.relative_to(root).as_posix(),
        'Metadata': {
            'Method': hook['method'],
            'Supervision': stated_supervision(hook).name,
            **({'Variant': variant} if variant else {}),
            'Data Set': data_name(config), 'Split': split_name(config),
            'Architecture': f'{backbone.type}{f"-{depth}" if depth else ""}',
            'Iterations': config.train_cfg.max_iters,
            'Batch Size': config.train_dataloader.batch_size}}


def results_hook(config: Config) -> ConfigPart | None:
    """Return the config's results hook, if it has one.

    Args:
        config: A whole config.
    """
    hooks = [*(config.get('default_hooks') or {}).values(),
             *(config.get('custom_hooks') or ())]
    return next((hook for hook in hooks if isinstance(hook, Mapping)
                 and hook.get('type') == 'ZeroShotResultsHook'), None)


def split_name(config: Config) -> str:
    """Return the name of the split that a config tests on by default.

    Args:
        config: A whole config.
    """
    split = _test_set(config).get('split')
    if isinstance(split, Mapping):
        return split.get('name', 'your own')
    return str(split)


def data_name(config: Config) -> str:
    """Return the type of the data set that a config tests on.

    Args:
        config: A whole config.
    """
    dataset = _test_set(config)
    while isinstance(dataset.get('dataset'), Mapping):
        dataset = dataset['dataset']
    return dataset['type']


def add_results(entries: Sequence[JSONObject], root: Path) -> None:
    """Add scores to the models that have runs in docs/results.

    A record does not name its config: where several configs are of its
    method, variant, split and supervision, it is left out.

    Args:
        entries: All models.
        root: The checkout.
    """
    for summary in summarize(shipped_records(root)):
        if any(summary['gamma']):
            continue
        wanted = [summary['method'], summary['split'], summary['supervision'],
                  summary['variant']]
        fitting = [entry for entry in entries
                   if wanted == _identity(entry['Metadata'])]
        if len(fitting) == 1:
            means = dict(zip(score_headings(), summary['mean']))
            fitting[0]['Results'] = [{
                'Task': 'Zero-shot semantic segmentation',
                'Dataset': summary['dataset'],
                'Metrics': {key: round(mean, 1) for key in SCORES
                            if (mean := means[key]) is not None},
                'Seeds': summary['runs']}]


def _identity(metadata: JSONObject) -> list[Any]:
    return [metadata['Method'], metadata['Split'], metadata['Supervision'],
            metadata.get('Variant', {})]


def as_yaml(content: JSONObject) -> str:
    """Return the text of a YAML file.

    Args:
        content: Plain values.
    """
    return ('# Written by tools/model_zoo.py.\n'
            + dump(content, file_format='yaml', sort_keys=False, width=1000))


def changed_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield files of the index that are not as they should be.

    Args:
        root: The checkout.
    """
    for path, text in rendered(root).items():
        if not path.is_file() or path.read_text('utf-8') != text:
            yield path, text


def _test_set(config: Config) -> ConfigPart:
    return config.test_dataloader.dataset


def run(args: argparse.Namespace) -> None:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Raises:
        ValueError: A folder of configs is incomplete, or ``--check`` found a
            change.
    """
    changed = list(changed_files(ROOT))
    for path, text in changed:
        print(f'{path.relative_to(ROOT)}: '
              f'{"not as it should be" if args.check else "written"}')
        if not args.check:
            with atomic_write(path, 'w') as file:
                file.write(text)
    if args.check and changed:
        raise ValueError('the index is not as the configs and results say; '
                         'run: python tools/model_zoo.py')


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        argv: Arguments; the process's by default.
    """
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true',
                        help='write nothing; fail if something would change')
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message and if ``--check``
        found a change.
    """
    return exit_code(lambda: run(parse_args(argv)))


if __name__ == '__main__':
    sys.exit(main())
