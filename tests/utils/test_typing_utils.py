"""`Any` has a name wherever it is right, and a room to be named in."""
import ast
import re
from pathlib import Path

import pytest

NAMES = 'utils/typing_utils.py'


def names_of_any(source: str) -> list[str]:
    """Names that a module gives to ``Any`` itself, which hide it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        if isinstance(node.value, (ast.Name, ast.Constant)) and ast.unparse(
                node.value).strip('\'"') == 'Any':
            found += [ast.unparse(target) for target in targets]
    return found


@pytest.mark.parametrize('line', [
    'Thing = Any', 'Thing: TypeAlias = Any', "Thing: TypeAlias = 'Any'"])
def test_the_finder_of_names_is_right(line):
    assert names_of_any(line) == ['Thing']
    assert names_of_any('a: Any = 1\nb = dict[str, Any]\nc: int') == []


def test_any_has_names_in_one_place_only(repo_root):
    """The linter refuses `Any` as an annotation; a name would hide it."""
    package = repo_root / 'mmseg_zeroshot'
    found = {path.relative_to(package).as_posix(): names
             for path in sorted(package.rglob('*.py'))
             if (names := names_of_any(path.read_text('utf-8')))}
    assert found == {NAMES: ['ConfigValue', 'JSONValue']}


def test_an_exception_says_why(repo_root):
    """``# noqa: ANN401`` is followed by a reason."""
    lines = [f'{path}:{number}' for folder in ('mmseg_zeroshot', 'tools')
             for path in sorted(Path(repo_root, folder).rglob('*.py'))
             for number, line in enumerate(
                 path.read_text('utf-8').splitlines(), 1)
             if re.search(r'ANN401\s*$', line)]
    assert lines == []
