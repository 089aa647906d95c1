"""What a method's registration says is so."""
import json
import re
from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import (
    METHODS,
    make_plan,
    register_method,
)
from mmseg_zeroshot.experiments.methods.shipped import (
    method_of_config,
    method_of_folder,
)
from mmseg_zeroshot.results.published import NUMBERS


def is_row(method: str, name: str) -> bool:
    """Say whether a row is a method's: by its name, or before brackets."""
    return bool({name, name.partition(' (')[0]} & {*METHODS[method].rows})


@pytest.mark.parametrize('name', METHODS)
def test_every_method_has_a_page(repo_root: Path, name: str) -> None:
    method = METHODS[name]
    page = repo_root / 'configs' / method.page
    assert page.suffix == '.md' and page.is_file()
    if method.paper is None:
        assert name == 'seen'
        return
    authors, _, _ = method.paper.reference.partition(',')
    assert authors in re.sub(r'[\s>]+', ' ', page.read_text('utf-8'))
    assert method.paper.url in (page.parent / 'README.md').read_text('utf-8')


@pytest.mark.parametrize('name, variant', [
    (name, variant) for name, method in METHODS.items()
    for variant in (method.variants or [''])])
def test_rows_are_called_as_registered(name: str, variant: str) -> None:
    plan = make_plan(load_experiment('demo'),
                     [f'{name}:{variant}' if variant else name],
                     calibrate=False)
    last = [step for step in plan.steps.values() if step.report][-1]
    assert last.config is not None
    assert is_row(name, last.config['default_hooks']['results']['method'])


@pytest.mark.parametrize('path', sorted(NUMBERS.glob('*.json')),
                         ids=lambda path: path.stem)
def test_published_numbers_are_of_a_method(path: Path) -> None:
    content = json.loads(path.read_text('utf-8'))
    assert {row['source'] for row in content['rows']} == {*content['sources']}
    for row in content['rows']:
        assert is_row(path.stem, row['method'])
    references = [method.paper.reference for method in METHODS.values()
                  if method.paper]
    for source in content['sources'].values():
        assert source.startswith(tuple(references))


def test_no_two_methods_stand_in_one_place() -> None:
    positions = [json.loads(path.read_text('utf-8'))['position']
                 for path in NUMBERS.glob('*.json')]
    assert len(positions) == len(set(positions)) >= 10


@pytest.mark.parametrize('path, name', [
    ('zs3net/zs3net-gc-s1_x.py', 'zs3net-gc'),
    ('zs3net/zs3net-s1_x.py', 'zs3net'),
    ('few_label/spnet-few_x.py', 'few-label'),
    ('backbones/spnet_x.py', 'spnet'),
    ('spnet/seenonly_x.py', 'seen'),
    ('mine/other.py', None)])
def test_method_of_a_config(path: str, name: str | None) -> None:
    method = method_of_config(Path(path))
    assert (method and method.name) == name


def test_method_of_a_folder() -> None:
    method = method_of_folder('zs_mmd')
    assert method is METHODS['zs-mmd']
    assert method_of_folder('backbones') is None


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="'spnet' is registered already"):
        register_method('spnet', 'SPNet', 'again')(lambda plan, variant: '')
