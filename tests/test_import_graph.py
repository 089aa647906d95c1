"""The rooms and the arrows between them (an architecture that is checked)."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = 'mmseg_zeroshot'
ROOT = Path(__file__).resolve().parents[1]
# The lowest rooms: each uses those before it, every other room may use all.
LOWEST = ('utils', 'semantics')
# Single files that import nothing of ours.
FILES = ('_imports', '_lazy', '_stack', 'version')
# Room -> what it may import beside the lowest ones. A new room needs no line.
MORE = {
    'calibration': {'engine', 'evaluation', 'experiments', 'loading',
                    'results', 'visualization'},
    'classification': {'evaluation', 'models', 'visualization'},
    # Not the models and not the engine: a command parses, calls and prints.
    'commands': {'calibration', 'classification', 'datasets', 'evaluation',
                 'experiments', 'extraction', 'loading', 'prediction',
                 'pseudo_labelling', 'results', 'scoring', 'visualization'},
    'engine': {'results'},
    'experiments': {'datasets', 'engine', 'loading', 'models', 'results',
                    'visualization'},
    'extraction': {'datasets', 'engine', 'loading', 'models'},
    'loading': {'engine'},
    'prediction': {'datasets', 'engine', 'loading', 'models',
                   'visualization'},
    'pseudo_labelling': {'datasets', 'engine', 'loading', 'visualization'},
    'scoring': {'evaluation', 'results'},
    'visualization': {'evaluation', 'results'},
}
# Not installed by our requirements, or of one stack only.
FORBIDDEN = ('torchvision', 'timm', 'pandas', 'pygcn', 'mmcv.ops', 'tools',
             'tests')
# Tables are made with gensim and read without it.
GENSIM = 'semantics/word_files/'


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


def rooms(root: Path) -> set[str]:
    """The folders of the package that hold modules."""
    return {p.name for p in (root / PACKAGE).iterdir() if list(p.glob('*.py'))}


def allowed(room: str) -> set[str]:
    """The other rooms that a room may import."""
    lower = LOWEST[:LOWEST.index(room)] if room in LOWEST else LOWEST
    return {*FILES, *lower, *MORE.get(room, ())}


def below(name: str, folder: str) -> str | None:
    """What of a folder an absolute name means: its first part below it.

    Args:
        name: Such as ``'mmseg_zeroshot.datasets.metainfo.check_classes'``.
        folder: Such as ``'mmseg_zeroshot.datasets'``.

    Returns:
        ``'metainfo'``; empty for the folder itself, None outside it.
    """
    if name == folder:
        return ''
    if not name.startswith(f'{folder}.'):
        return None
    return name.removeprefix(f'{folder}.').split('.')[0]


def sources(root: Path) -> dict[str, set[str]]:
    """Every module of ours, by path in the package -> its imports."""
    package = root / PACKAGE
    return {
        path.relative_to(package).as_posix(): imported(
            path.read_text('utf-8'),
            path.relative_to(root).parent.parts)
        for path in sorted(package.rglob('*.py'))
    }


def folders(root: Path) -> list[str]:
    """Dotted names of the package and of all packages in it."""
    return ['.'.join(path.parent.relative_to(root).parts)
            for path in sorted((root / PACKAGE).rglob('__init__.py'))]


def arrows(root: Path, folder: str) -> dict[str, set[str]]:
    """What the modules and sub-packages of a folder import of each other.

    Args:
        root: Folder of the package.
        folder: Dotted name of the package or of one in it.

    Returns:
        Each module or sub-package -> those that it imports. An empty name
        stands for the folder's own ``__init__``.
    """
    graph: dict[str, set[str]] = {}
    top = root / Path(*folder.split('.'))
    names = {path.stem for path in top.iterdir()
             if path.suffix == '.py' or list(path.glob('*.py'))}
    names.discard('__init__')
    for path in sorted(top.rglob('*.py')):
        node = path.relative_to(top).parts[0].removesuffix('.py')
        if node == '__init__':
            continue  # it gathers what is below it
        found = {below(name, folder) for name in imported(
            path.read_text('utf-8'), path.relative_to(root).parent.parts)}
        graph.setdefault(node, set()).update(
            name if name in names else ''
            for name in found - {None, node})
    return graph


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The names along a circle of a graph; none if it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


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
    assert below('mmseg_zeroshot.datasets.x', PACKAGE) == 'datasets'
    assert below(PACKAGE, PACKAGE) == ''
    assert below('mmseg.datasets', PACKAGE) is None


def test_the_finder_of_circles_is_right(tmp_path):
    room = tmp_path / PACKAGE / 'room'
    (room / 'inner').mkdir(parents=True)
    texts = {
        'a': 'from .inner.c import x', 'b': 'from . import a',
        'd': 'from mmseg_zeroshot.room import y',
        '__init__': 'from . import a',
        'inner/c': 'from mmseg_zeroshot.room.b import z',
        'inner/__init__': ''}
    for name, text in texts.items():
        (room / f'{name}.py').write_text(text)
    graph = arrows(tmp_path, f'{PACKAGE}.room')
    assert graph == dict(a={'inner'}, b={'a'}, d={''}, inner={'b'})
    assert set(circle(graph)) == {'a', 'b', 'inner'}
    assert circle(graph | dict(inner=set())) == []


def test_rules_speak_of_rooms_that_exist(repo_root):
    named = {*LOWEST, *MORE}.union(*MORE.values())
    assert named <= rooms(repo_root)


def drawn(page: str) -> dict[str, set[str]]:
    """Arrows in the table of a page: room -> the rooms that it imports.

    Args:
        page: Text with a table below the heading "Arrows".
    """
    section = page.split('\n## Arrows\n')[1].split('\n## ')[0]
    rows = [line.split('|')[1:3] for line in section.splitlines()
            if line.startswith('| `')]
    return {re.findall('`([^`]+)`', room)[0]: set(re.findall('`([^`]+)`', to))
            for room, to in rows}


def test_the_page_draws_the_arrows_of_the_code(repo_root):
    graph = arrows(repo_root, PACKAGE)
    found = rooms(repo_root)
    page = (repo_root / 'docs/architecture.md').read_text('utf-8')
    assert drawn(page) == {
        room: (graph[room] & found) - (
            set() if room in LOWEST else set(LOWEST))
        for room in found}


def test_rooms_import_only_what_they_may(repo_root):
    graph = arrows(repo_root, PACKAGE)
    found = rooms(repo_root)
    wrong = [f'{room} imports {other or PACKAGE}'
             for room in found for other in graph[room]
             if other not in allowed(room)]
    assert wrong == []


@pytest.mark.parametrize('folder', folders(ROOT))
def test_no_arrow_runs_in_a_circle(folder):
    """Of modules and sub-packages side by side, whatever the folder."""
    graph = arrows(ROOT, folder)
    assert circle(graph) == []
    # A folder's own __init__ imports all of it.
    assert [name for name, others in graph.items() if '' in others] == []


def test_siblings_of_models_meet_in_configs_only(repo_root):
    """Heads, generators and losses find each other by the registry.

    Losses are pure functions below the rest, so they may be used.
    """
    models = repo_root / PACKAGE / 'models'
    graph = arrows(repo_root, f'{PACKAGE}.models')
    siblings = {p.name for p in models.iterdir() if p.is_dir()} - {'losses'}
    wrong = [f'{name} imports {other}' for name in siblings & set(graph)
             for other in graph[name] & siblings]
    assert wrong == []


@pytest.mark.parametrize('name', FORBIDDEN)
def test_nothing_imports_what_is_not_ours_to_use(repo_root, name):
    users = [path for path, names in sources(repo_root).items()
             if any(n == name or n.startswith(name + '.') for n in names)]
    assert users == []


def test_gensim_stays_where_tables_are_made(repo_root):
    users = [path for path, names in sources(repo_root).items()
             if any(n.split('.')[0] == 'gensim' for n in names)]
    assert [path for path in users if not path.startswith(GENSIM)] == []


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
