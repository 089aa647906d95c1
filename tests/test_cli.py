"""The command and its table of subcommands."""
import ast
import contextlib
import importlib
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from mmseg_zeroshot import __version__, cli
from mmseg_zeroshot._stack import NOISE, _Filtered

NAMES = list(cli.all_commands())
# They write files of the repository, or are about to go.
REPOSITORY_ONLY = {'model_zoo'}


def module_name(name: str) -> str:
    return name.replace('-', '_')


def test_help_lists_every_command_in_its_group(capsys):
    for argv in ([], ['--help'], ['-h']):
        with pytest.raises(SystemExit) as done:
            cli.main(argv)
        assert done.value.code == 0
        text = capsys.readouterr().out
        place = 0
        for group, commands in cli.COMMANDS.items():
            place = text.index(f'\n{group}:\n', place)
            for name, summary in commands.items():
                place = text.index(f'  {name} ', place)
                assert summary in text[place:].splitlines()[0]


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(['--version'])
    assert capsys.readouterr().out == f'mmseg-zeroshot {__version__}\n'


@pytest.mark.parametrize('typed, meant', [
    ('build_embeddings', 'build-embeddings'), ('leaderbord', 'leaderboard'),
    ('pseudo', 'pseudo-label')])
def test_a_misspelt_command_names_the_nearest(typed, meant, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main([typed, '--help'])
    assert done.value.code == 2
    assert f'unknown command {typed!r}. The nearest known names are: {meant}' \
        in capsys.readouterr().err


def test_the_table_is_the_folder(repo_root):
    folder = repo_root / 'mmseg_zeroshot' / 'commands'
    modules = {path.stem for path in folder.glob('[!_]*.py')}
    assert modules == {module_name(name) for name in NAMES}
    assert len(set(NAMES)) == sum(map(len, cli.COMMANDS.values()))
    assert all(len(text) <= 52 for text in cli.all_commands().values())


@pytest.mark.parametrize('name', [
    name for name in NAMES if name not in ('train', 'test')])
def test_usage_shows_the_program_s_name(name, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main([name, '--help'])
    assert done.value.code == 0
    assert capsys.readouterr().out.startswith(f'usage: mmseg-zeroshot {name} ')


def test_arguments_and_exit_code_are_the_command_s(monkeypatch):
    module = importlib.import_module('mmseg_zeroshot.commands.plot')
    given = []
    monkeypatch.setattr(module, 'main', lambda argv: given.append(argv) or 3)
    assert cli.main(['plot', '--version', '--', 'x']) == 3
    assert given == [['--version', '--', 'x']]


@pytest.mark.parametrize('name, says', [
    ('train', 'Train a segmentor'), ('test', 'checkpoint file')])
def test_mmseg_s_own_tools(name, says, repo_root):
    """In a process of their own: they take the process's arguments."""
    done = subprocess.run(
        [sys.executable, '-m', 'mmseg_zeroshot', name, '--help'],
        capture_output=True, text=True, cwd=repo_root)
    assert done.returncode == 0, done.stderr[-2000:]
    assert says in done.stdout and '--cfg-options' in done.stdout


def test_tools_are_doors_to_the_same_code(repo_root):
    tools = {path.stem: path for path in (repo_root / 'tools').glob('*.py')}
    assert set(tools) == {*map(module_name, NAMES), *REPOSITORY_ONLY}
    for name in NAMES:
        tree = ast.parse(tools[module_name(name)].read_text('utf-8'))
        command = importlib.import_module(
            f'mmseg_zeroshot.commands.{module_name(name)}')
        doc = ast.get_docstring(tree) or ''
        assert doc.splitlines()[0] == command.__doc__.splitlines()[0]
        assert f'`mmseg-zeroshot {name}`' in doc
        assert [ast.unparse(node) for node in tree.body[1:]] == [
            'import sys',
            f'from {command.__name__} import main',
            "if __name__ == '__main__':\n    sys.exit(main())"]


def test_a_door_opens(repo_root):
    done = subprocess.run(
        [sys.executable, 'tools/plot.py', 'curves', 'nowhere', '--x', 'n'],
        capture_output=True, text=True, cwd=repo_root)
    assert done.returncode == 1
    assert 'error: nowhere: no such file or folder' in done.stderr


def test_the_installed_command():
    found = entry_points(group='console_scripts', name='mmseg-zeroshot')
    for script in found:  # none where the package is not installed
        assert script.value == 'mmseg_zeroshot.cli:main'


def test_the_stack_s_own_line_is_left_out_and_others_are_not():
    done = subprocess.run(
        [sys.executable, '-m', 'mmseg_zeroshot', 'check', '--help'],
        capture_output=True, text=True, check=True)
    assert done.stdout.startswith('usage: ')
    assert 'OneDL' not in done.stdout + done.stderr


def test_only_one_line_is_filtered(capsys):
    with contextlib.redirect_stdout(_Filtered(sys.stdout)):
        print('a')
        print(NOISE)
        print(f'{NOISE}: b')
        print()
    assert capsys.readouterr().out == f'a\n{NOISE}: b\n\n'
