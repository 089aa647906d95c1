"""The model zoo: its files are as the configs and the results say."""
import json
import re
from pathlib import Path

import pytest
from mmengine.fileio import load

from mmseg_zeroshot.experiments.methods import METHODS
from tools import model_zoo

from ..results.runs import record

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [folder.name for folder in model_zoo.method_folders(ROOT)]


def test_the_index_names_every_method():
    index = load(ROOT / model_zoo.INDEX)
    assert index == {'Import': [f'configs/{name}/metafile.yaml'
                                for name in FOLDERS]}
    assert {'devise', 'spnet', 'zs3net'} <= set(FOLDERS)


@pytest.mark.parametrize('name', FOLDERS)
def test_all_configs_and_links_exist(name):
    metafile = load(ROOT / 'configs' / name / model_zoo.METAFILE)
    collection, = metafile['Collections']
    assert (ROOT / collection['README']).is_file()
    assert collection['Paper']['URL'].startswith('https://')
    configs = [model['Config'] for model in metafile['Models']]
    assert configs == sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / 'configs' / name).glob('*.py'))
    for model in metafile['Models']:
        assert model['In Collection'] == collection['Name']
        assert model['Name'] == Path(model['Config']).stem


def test_a_folder_has_name_and_paper_of_its_method():
    papers = {name: load(ROOT / 'configs' / name / model_zoo.METAFILE)[
        'Collections'][0] for name in FOLDERS}
    method = METHODS['zs-mmd']
    assert papers['zs_mmd']['Name'] == method.title
    assert papers['zs_mmd']['Paper'] == {'Title': method.paper.title,
                                         'URL': method.paper.url}
    # Of no method: its README's heading, its configs' method's paper.
    assert papers['backbones']['Name'] == 'Other networks'
    assert papers['backbones']['Paper'] == papers['spnet']['Paper']


def test_the_overview_lists_every_config_once():
    text = (ROOT / model_zoo.OVERVIEW).read_text('utf-8')
    linked = re.findall(r'\]\((\w+/[^)]*\.py)\)', text)
    assert sorted(linked) == sorted(
        path.relative_to(ROOT / 'configs').as_posix()
        for name in (*FOLDERS, 'experiments')
        for path in (ROOT / 'configs' / name).glob('*.py'))
    sections = dict(section.split('\n', 1)
                    for section in text.split('\n## ')[1:])
    assert 'Experiments: context-zs3.\n' in sections['ZS3Net + GC']
    assert 'zs3net-gc-s1' not in sections['ZS3Net']


def test_names_are_unique():
    names = [model['Name'] for name in FOLDERS for model in load(
        ROOT / 'configs' / name / model_zoo.METAFILE)['Models']]
    assert len(names) == len(set(names))


def test_the_files_are_as_the_configs_and_results_say():
    changed = [path.relative_to(ROOT).as_posix()
               for path, _ in model_zoo.changed_files(ROOT)]
    assert changed == [], 'run: python tools/model_zoo.py'


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A checkout with one method of one config, without its index."""
    folder = tmp_path / 'configs/spnet'
    folder.mkdir(parents=True)
    (folder / 'README.md').write_text('# SPNet')
    (folder / 'spnet_tiny.py').write_text(
        'model = dict(backbone=dict(type="ResNet", depth=18))\n'
        'train_cfg = dict(max_iters=7)\n'
        'train_dataloader = dict(batch_size=2)\n'
        'test_dataloader = dict(dataset=dict(type="ZeroShotDataset",\n'
        '    split=dict(name="{{$ZS_SPLIT:pets}}"),\n'
        '    dataset=dict(type="PetDataset")))\n'
        'custom_hooks = [dict(type="ZeroShotResultsHook", method="SPNet",\n'
        '    variant=dict(network="tiny"))]\n')
    monkeypatch.setattr(model_zoo, 'ROOT', tmp_path)
    return tmp_path


def test_files_are_written_and_checked(zoo, capsys, monkeypatch):
    monkeypatch.setenv('ZS_SPLIT', 'mine')
    assert model_zoo.main(['--check']) == 1
    assert 'metafile.yaml: not as it should be' in capsys.readouterr().out
    assert not (zoo / 'model-index.yml').exists()
    assert model_zoo.main([]) == 0
    assert model_zoo.main(['--check']) == 0
    entry, = load(zoo / 'configs/spnet/metafile.yaml')['Models']
    assert entry == {
        'Name': 'spnet_tiny', 'In Collection': 'SPNet',
        'Config': 'configs/spnet/spnet_tiny.py',
        'Metadata': {
            'Method': 'SPNet', 'Supervision': 'strict',
            'Variant': {'network': 'tiny'}, 'Data Set': 'PetDataset',
            'Split': 'pets', 'Architecture': 'ResNet-18', 'Iterations': 7,
            'Batch Size': 2}}


def test_scores_come_from_the_results(zoo):
    results = zoo / 'docs/results/pets.json'
    results.parent.mkdir(parents=True)
    runs = [record(u, i, variant=dict(network='tiny'))
            for i, u in enumerate((18., 22.1))]
    # Another network's, a calibrated one's and another split's are not.
    runs += [record(), record(gamma=.5, variant=dict(network='tiny')),
             record(split='other', variant=dict(network='tiny'))]
    results.write_text(json.dumps(runs))
    assert model_zoo.main([]) == 0
    entry, = load(zoo / 'configs/spnet/metafile.yaml')['Models']
    result, = entry['Results']
    assert result['Seeds'] == 2
    assert result['Metrics'] == {'Seen mIoU': 50.0, 'Unseen mIoU': 20.1,
                                 'Overall mIoU': 50.0, 'hIoU': 25.0}


@pytest.mark.parametrize('change, message', [
    (lambda f: (f / 'README.md').unlink(), 'configs/spnet has no README.md'),
    (lambda f: (f.rename(f.parent / 'mine') / 'spnet_tiny.py').rename(
        f.parent / 'mine' / 'mine_tiny.py'), 'configs/mine: no method'),
    (lambda f: (f / 'spnet_tiny.py').write_text('a = 1'),
     'spnet_tiny.py has no ZeroShotResultsHook')])
def test_what_is_missing_is_named(change, message, zoo, capsys):
    change(zoo / 'configs/spnet')
    assert model_zoo.main([]) == 1
    assert message in capsys.readouterr().err
