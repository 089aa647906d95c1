"""What the README says is there, and its numbers are those of the files."""
import re
from pathlib import Path

import mmseg
import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

from mmseg_zeroshot.results.marked_tables import render_page

ROOT = Path(__file__).resolve().parents[1]
PAGES = ('README.md', 'CONTRIBUTING.md', *sorted(
    path.relative_to(ROOT).as_posix() for pattern in (
        'docs/**/*.md', 'configs/*/*.md') for path in ROOT.glob(pattern)))
INVENTED = re.compile(r'configs/x/|.*/test_x_')
"""Folder of the method that docs/extending/add_a_method.md makes up."""


def text(root: Path, page: str) -> str:
    return (root / page).read_text('utf-8')


@pytest.mark.parametrize('page', PAGES)
def test_tables_are_those_of_the_result_files(repo_root, page):
    printed = text(repo_root, page)
    assert printed == render_page(printed, repo_root, page), (
        'run: mmseg-zeroshot leaderboard --readme')


def test_the_readme_has_tables(repo_root):
    assert '\n<!-- table: docs/results/' in text(repo_root, 'README.md')


@pytest.mark.parametrize('page', PAGES)
def test_links_lead_somewhere(repo_root, page):
    links = re.findall(r'\]\(([^)#]+)\)', text(repo_root, page))
    here = (repo_root / page).parent
    missing = [link for link in links
               if '://' not in link and not (here / link).exists()]
    assert missing == []


@pytest.mark.parametrize('page', PAGES)
def test_named_files_exist(repo_root, page):
    named = re.findall(r'\b((?:configs|tools|tests|docs)/[\w./-]+\.\w+)',
                       text(repo_root, page))
    assert named or page != 'README.md'
    assert [n for n in named if not INVENTED.match(n)
            and not (repo_root / n).exists()] == []


def test_the_backbone_recipe_builds(repo_root, tmp_path):
    """The tutorial's config on top of one that mmseg ships."""
    code = re.search(r"```python\n(_base_ = 'fcn_r50.*?)```",
                     text(repo_root, 'docs/tutorials/own_network.md'),
                     re.S).group(1)
    configs = Path(mmseg.__file__).parent / '.mim/configs/fcn'
    file = tmp_path / 'spnet_fcn.py'
    file.write_text(code.replace("_base_ = '", f"_base_ = '{configs}/"))
    cfg = Config.fromfile(file)
    for loader in (cfg.train_dataloader, cfg.test_dataloader):
        assert loader.dataset.type == 'ZeroShotDataset'
        assert loader.dataset.pipeline[0].type == 'LoadImageFromFile'
        inner = loader.dataset.dataset
        assert all('pipeline' not in part
                   for part in inner.get('datasets', [inner]))
    assert cfg.test_evaluator == dict(type='ZeroShotIoUMetric')
    init_default_scope('mmseg')
    cfg.model.pretrained = None
    model = MODELS.build(cfg.model)
    assert model.decode_head.split.name == 'voc12-spnet'
    assert type(model.decode_head.host).__name__ == 'FCNHead'
