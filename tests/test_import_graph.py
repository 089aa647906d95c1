"""The rooms and the arrows between them (an architecture that is checked)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = 'mmseg_zeroshot'
# Room -> the other rooms that it may import.
ALLOWED = {
    'utils': set(),
    'semantics': {'utils'},
    'datasets': {'semantics', 'utils'},
    'models': {'semantics', 'utils'},
    'engine': {'semantics', 'utils'},
    'evaluation': {'semantics', 'utils'},
    'visualization': {'semantics', 'utils'},
    # Nothing imports the commands.
    'commands': {'datasets', 'engine', 'evaluation', 'models', 'semantics',
                 'utils', 'visualization'},
}
# Not installed by our requirements, or of one stack only.
FORBIDDEN = ('torchvision', 'timm', 'pandas', 'pygcn', 'mmcv.ops', 'tools',
             'tests')
# Tables are made with gensim and read without it.
GENSIM = {'semantics/word_vectors.py', 'semantics/fasttext_file.py',
          'semantics/word_formats.py'}


def imported(source: str, package: tuple[str, ...]) -> set[str]:
    """Absolute names of what a module imports, wherever in it.

    Args:
        source: The module's text.
        package: Parts of the package that holds it.
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[:len(package) - node.level + 1]
            parts = start if node.level else ()
            module = '.'.join([*parts, *filter(None, [node.module])])
            names |= {f'{module}.{alias.name}' for alias in node.names}
    return names


def room_of(name: str) -> str | None:
    """The room that an absolute name of ours lies in."""
    parts = name.split('.')
    if parts[0] != PACKAGE or len(parts) < 2 or parts[1] not in ALLOWED:
        return None
    return parts[1]


def sources(root: Path) -> dict[str, set[str]]:
    """Every module of ours, by path in the package -> its imports."""
    package = root / PACKAGE
    return {
        path.relative_to(package).as_posix(): imported(
            path.read_text('utf-8'),
            path.relative_to(root).parent.parts)
        for path in sorted(package.rglob('*.py'))
    }


def test_the_reader_of_imports_is_right():
    source = (
        'import torch.nn as nn\n'
        'from . import sibling\n'
        'from ..utils.io import atomic_write\n'
        'from mmseg_zeroshot.semantics import ClassSplit\n'
        'def f():\n    from ...datasets import x\n')
    got = imported(source, (PACKAGE, 'models', 'losses'))
    assert got == {
        'torch.nn', 'mmseg_zeroshot.models.losses.sibling',
        'mmseg_zeroshot.models.utils.io.atomic_write',
        'mmseg_zeroshot.semantics.ClassSplit', 'mmseg_zeroshot.datasets.x'}
    assert room_of('mmseg_zeroshot.datasets.x') == 'datasets'
    assert room_of('mmseg_zeroshot.version') is None
    assert room_of('mmseg.datasets') is None


def test_every_folder_is_a_room(repo_root):
    folders = {p.name for p in (repo_root / PACKAGE).iterdir()
               if p.is_dir() and list(p.glob('*.py'))}
    assert folders <= set(ALLOWED)


def test_rooms_import_only_what_they_may(repo_root):
    wrong = []
    for path, names in sources(repo_root).items():
        room = path.split('/')[0]
        if room not in ALLOWED:
            continue  # the package's own __init__
        rooms = {room_of(name) for name in names} - {None, room}
        wrong += [f'{path} imports {r}' for r in rooms - ALLOWED[room]]
        # The package itself imports every room: a circle.
        wrong += [f'{path} imports {PACKAGE}' for name in names
                  if name == PACKAGE]
    assert wrong == []


def test_siblings_of_models_meet_in_configs_only(repo_root):
    """Heads, generators and losses find each other by the registry.

    Losses are pure functions below the rest, so they may be used.
    """
    models = repo_root / PACKAGE / 'models'
    rooms = {p.name for p in models.iterdir() if p.is_dir()} - {'losses'}
    wrong = []
    for path, names in sources(repo_root).items():
        parts = path.split('/')
        if parts[0] != 'models' or len(parts) < 3:
            continue
        others = rooms - {parts[1]}
        wrong += [f'{path} imports {name}' for name in names
                  if name.split('.')[1:2] == ['models']
                  and others & set(name.split('.')[2:3])]
    assert wrong == []


@pytest.mark.parametrize('name', FORBIDDEN)
def test_nothing_imports_what_is_not_ours_to_use(repo_root, name):
    users = [path for path, names in sources(repo_root).items()
             if any(n == name or n.startswith(name + '.') for n in names)]
    assert users == []


def test_gensim_stays_where_tables_are_made(repo_root):
    users = {path for path, names in sources(repo_root).items()
             if any(n.split('.')[0] == 'gensim' for n in names)}
    assert users <= GENSIM


def loaded(root: Path, code: str, *names: str) -> list[str]:
    """Which modules a fresh interpreter has loaded after some code."""
    done = subprocess.run(
        [sys.executable, '-c', f'{code}\nimport sys\n'
         f'print([m for m in {names} if m in sys.modules])'],
        cwd=root, capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout.strip().splitlines()[-1])


HEAVY = ('torch', 'mmengine', 'mmcv', 'mmseg', 'matplotlib', 'numpy')


def test_importing_the_package_stays_light(repo_root):
    assert loaded(repo_root, f'import {PACKAGE}', *HEAVY) == []


@pytest.mark.parametrize('argv', [['--help'], ['--version'], []])
def test_the_command_stays_light(repo_root, argv):
    code = (f'from {PACKAGE}.cli import main\ntry:\n    main({argv})\n'
            'except SystemExit:\n    pass')
    assert loaded(repo_root, code, *HEAVY) == []


def test_words_and_scores_need_numpy_only(repo_root):
    code = (
        f'from {PACKAGE} import ClassSplit, load_embeddings, zero_shot_scores'
        '\nsplit = ClassSplit(["sky", "cat"], unseen=["cat"])\n'
        'import numpy\nzero_shot_scores(numpy.eye(2), split)\n'
        'load_embeddings("glove-6b-50d", split.classes)')
    assert loaded(repo_root, code, *HEAVY) == ['numpy']


def test_registering_loads_no_more_than_a_training_needs(repo_root):
    """Neither gensim nor what only some networks need."""
    assert loaded(repo_root, f'import {PACKAGE}.registered', 'gensim',
                  'torchvision', 'timm', 'pandas', 'mmseg') == ['mmseg']
