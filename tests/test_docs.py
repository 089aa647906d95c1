"""What the pages of the documentation say is so."""
import re
from inspect import signature
from pathlib import Path

import pytest

from mmseg_zeroshot import cli
from mmseg_zeroshot.experiments.methods import register_method

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / 'docs'
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (
    *DOCS.rglob('*.md'), ROOT / 'README.md', ROOT / 'CONTRIBUTING.md'))


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf'^```{language}\n(.*?)^```$',
                      (ROOT / page).read_text('utf-8'), re.S | re.M)


def commands(page: str) -> list[str]:
    """Every subcommand that a page calls, in shell blocks and in the text."""
    text = '\n'.join(blocks(page, 'bash'))
    inline = re.findall(r'`([^`\n]+)`', (ROOT / page).read_text('utf-8'))
    calls = [line for line in [*text.splitlines(), *inline]
             if not line.lstrip().startswith('#')]
    return [name for call in calls for name in re.findall(
        r'(?:^|\s)(?:mmseg-zeroshot|python -m mmseg_zeroshot) ([a-z][\w-]*)',
        call)]


def test_commands_are_found():
    assert {'init', 'check', 'run', 'configs', 'clean'} <= set(
        commands('docs/tutorials/own_data.md'))


@pytest.mark.parametrize('page', PAGES)
def test_named_commands_exist(page):
    assert set(commands(page)) <= set(cli.all_commands())


@pytest.mark.parametrize('page', [
    'docs/extending/add_a_split.md', 'docs/extending/add_a_data_set.md'])
def test_code_runs(page, monkeypatch):
    """The blocks of a page are one program, which asserts what it says."""
    from mmseg.registry import DATASETS

    from mmseg_zeroshot.semantics import SPLITS
    monkeypatch.setattr(DATASETS, '_module_dict', dict(DATASETS.module_dict))
    # What the pages add is gone afterwards.
    monkeypatch.setitem(SPLITS, 'voc12-vehicles', {})
    code = '\n'.join(blocks(page, 'python'))
    assert 'assert ' in code
    exec(compile(code, page, 'exec'), {'__name__': 'page'})


def test_architecture_names_files_of_the_package():
    package = ROOT / 'mmseg_zeroshot'
    text = (DOCS / 'architecture.md').read_text('utf-8')
    named = re.findall(r'`([a-z]\w+/[\w/.]*)`', text)
    assert len(named) > 25
    assert [name for name in named
            if not (package / name).exists() and not (ROOT / name).exists()
            ] == []


def test_every_page_is_in_a_contents_list():
    """Sphinx says so as well; this says it in a second."""
    index = (DOCS / 'index.md').read_text('utf-8')
    listed = set(re.findall(r'^([\w/]+)$', index, re.M))
    pages = {path.relative_to(DOCS).with_suffix('').as_posix()
             for path in DOCS.rglob('*.md')}
    assert pages - listed - {'index'} == {
        page for page in pages if page.startswith('extending/')}


def test_a_method_is_eight_files_at_most():
    text = (DOCS / 'extending/add_a_method.md').read_text('utf-8')
    _, part = text.split('## Into the package')
    table = part.split('| :-- | :-- |\n')[1].split('\n\n')[0]
    files = re.findall(r'^\| `([^`]+)` \|', table, re.M)
    assert 6 <= len(files) == len(table.splitlines()) <= 8
    new = {file for file in files if not (ROOT / file).is_file()}
    assert {file for file in files if 'x' not in Path(file).stem.split('_')
            and file != 'configs/x/README.md'} == {*files} - new
    for file in new:
        # The folder is there, or is the method's own.
        folder = (ROOT / file).parent
        assert folder.is_dir() or folder.name == 'x'
    arguments = re.findall(r'^\| (?:name|title|`(\w+)`)', part, re.M)
    assert {*arguments, 'variants', 'paper'} - {''} <= {
        *signature(register_method).parameters}
