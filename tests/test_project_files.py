"""Files that tell tools and people how to work here agree with the rest."""
import re
from pathlib import Path

import pytest
import yaml

from mmseg_zeroshot import __version__


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text('utf-8'))


def recipe(repo_root: Path, target: str) -> list[str]:
    """The commands of a target of the Makefile."""
    text = (repo_root / 'Makefile').read_text('utf-8')
    lines = re.search(rf'^{target}:.*\n((?:\t.*\n)+)', text, re.M).group(1)
    return [line.strip() for line in lines.splitlines()]


def test_pre_commit_runs_what_make_lint_runs(repo_root):
    config = read(repo_root / '.pre-commit-config.yaml')
    hooks = [hook for repo in config['repos'] for hook in repo['hooks']]
    assert [hook['entry'] for hook in hooks] == [
        line.replace('$(PY)', '.venv/bin/python')
        for line in recipe(repo_root, 'lint')]
    # The whole checkout is checked, not the files of a commit, by the
    # versions that the environment has.
    assert {(hook['language'], hook['pass_filenames'])
            for hook in hooks} == {('system', False)}


@pytest.mark.parametrize('target', ['lint', 'test-portable', 'test', 'docs'])
def test_workflows_call_make(repo_root, target):
    runs = {step['run'] for path in repo_root.glob('.github/workflows/*.yml')
            for job in read(path)['jobs'].values()
            for step in job['steps'] if 'run' in step}
    assert f'make {target}' in runs
    assert recipe(repo_root, target)


def test_issue_forms_ask_something(repo_root):
    forms = [read(path)
             for path in repo_root.glob('.github/ISSUE_TEMPLATE/*.yml')
             if path.name != 'config.yml']
    assert len(forms) == 2
    for form in forms:
        ids = [field['id'] for field in form['body']]
        assert len(ids) == len(set(ids)) > 2


def test_citation_is_of_this_version(repo_root):
    citation = read(repo_root / 'CITATION.cff')
    assert citation['version'] == __version__
    first_authors = [paper['authors'][0]['family-names']
                     for paper in citation['references']]
    assert first_authors == ['Xian', 'Bucher', 'Wang']
