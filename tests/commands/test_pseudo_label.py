"""The tool on a tiny folder, and a training on what it wrote."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot.commands import pseudo_label
from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils.locks import locked

from ..tiny_voc import CLASSES, UNSEEN, retrained, spnet, write_folder

SPLIT = build_split(dict(classes=list(CLASSES), unseen=list(UNSEEN)))


@pytest.fixture
def root(tmp_path):
    write_folder(tmp_path / 'data')
    return tmp_path / 'data'


@pytest.fixture
def make_config(root, tmp_path, repo_root):
    """ZS5Net's config on the folder, with pseudo-labels under a name."""
    def make(name='pseudo', mode='ignore', **settings):
        cfg = retrained(
            spnet(root, repo_root, tmp_path / f'run_{name}', mode),
            'self-training')
        cfg.train_dataloader.dataset.pseudo_labels = dict(
            path=str(tmp_path / name), **settings)
        cfg.default_hooks.results.update(method='ZS5Net',
                                         supervision='self-training')
        for loader in (cfg.val_dataloader, cfg.test_dataloader):
            loader.dataset.pipeline[1].scale = (96, 96)  # as they are
        cfg.pseudo_labels = dict(path=str(tmp_path / name), p=40., previews=2)
        cfg.dump(tmp_path / f'{name}.py')
        return str(tmp_path / f'{name}.py')
    return make


@pytest.fixture
def checkpoint(make_config, tmp_path):
    """A model that predicts every class somewhere."""
    init_default_scope('mmseg')
    torch.manual_seed(1)
    model = MODELS.build(Config.fromfile(make_config()).model)
    model.init_weights()
    model.decode_head.classifier.weight.data *= 300
    return save(model, tmp_path / 'zs3net.pth')


def save(model, path, supervision='strict', split=SPLIT):
    meta = dict(zero_shot_supervision=supervision, dataset_meta=dict(
        classes=CLASSES, split=split.to_dict(), split_mode='ignore'))
    torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
    return str(path)


def test_two_processes_do_not_label_into_one_folder(make_config, tmp_path,
                                                     capsys):
    config = make_config()
    with locked(tmp_path / 'pseudo-log', 'labels', 'wait'):
        assert pseudo_label.main([config, 'zs3net.pth']) == 1
    error = capsys.readouterr().err
    assert f'makes pseudo-labels in {tmp_path / "pseudo"}' in error
    assert 'another --out' in error
    assert not (tmp_path / 'pseudo').exists()


def maps(folder: Path) -> dict[str, np.ndarray]:
    return {path.stem: np.array(Image.open(path))
            for path in sorted((folder / 'maps').iterdir())}


def own_labels(root: Path) -> dict[str, np.ndarray]:
    """Masks on disk, unseen classes hidden."""
    masks = {path.stem: np.array(Image.open(path))
             for path in (root / 'Masks').iterdir()}
    return {name: np.where(mask < 3, mask, 255)
            for name, mask in masks.items()}


def poison(root: Path) -> None:
    """Exchange the two unseen classes in every mask."""
    for path in (root / 'Masks').iterdir():
        mask = np.array(Image.open(path))
        Image.fromarray(np.where(mask >= 3, 7 - mask, mask)).save(path)


def train(path: str) -> dict[str, torch.Tensor]:
    runner = Runner.from_cfg(Config.fromfile(path))
    runner.train()
    return runner.model.state_dict()


@pytest.mark.slow
@pytest.mark.parametrize('mode', ['ignore', 'drop'])
def test_labelling_and_training_cannot_see_unseen_labels(
        root, make_config, checkpoint, mode, tmp_path):
    """Unseen labels that are exchanged on disk change not a bit."""
    found, weights = [], []
    for name in ('clean', 'poisoned'):
        path = make_config(name, mode, checkpoint=checkpoint)
        assert pseudo_label.main([path, checkpoint]) == 0
        found.append(maps(tmp_path / name))
        weights.append(train(path))
        if name == 'clean':
            poison(root)
    assert found[0].keys() == found[1].keys()
    for name, labels in found[0].items():
        np.testing.assert_array_equal(labels, found[1][name])
    for key, value in weights[0].items():
        assert torch.equal(value, weights[1][key]), key
    record = json.loads(
        (tmp_path / 'run_clean/zero_shot_results.json').read_text())
    assert record['supervision'] == 'self-training'
    assert record['variant'] == dict(p=40.)
    # The second round's pseudo-labels say that they are.
    again = make_config('again', mode)
    assert pseudo_label.main(
        [again, str(tmp_path / 'run_clean/iter_3.pth')]) == 0
    manifest = json.loads((tmp_path / 'again/manifest.json').read_text())
    assert (manifest['round'], manifest['supervision']) == (2, 'self-training')


def test_what_is_kept(root, make_config, checkpoint, tmp_path, capsys):
    assert pseudo_label.main([make_config(), checkpoint, '--p', '100']) == 0
    every = maps(tmp_path / 'pseudo')
    assert pseudo_label.main([make_config(), checkpoint, '--out',
                              str(tmp_path / 'less')]) == 0
    kept, manifest = maps(tmp_path / 'less'), json.loads(
        (tmp_path / 'less/manifest.json').read_text())
    for name, own in own_labels(root).items():
        assert set(np.unique(every[name])) <= {3, 4, 255}
        assert (own[every[name] != 255] == 255).all()
        count = int((every[name] != 255).sum())
        assert int((kept[name] != 255).sum()) == -(-count * 40 // 100)
        assert (every[name][kept[name] != 255]
                == kept[name][kept[name] != 255]).all()
        assert manifest['images'][name]['predicted'] == count
    assert sum((m != 255).sum() for m in kept.values()) > 500
    assert (manifest['supervision'], manifest['round']) == ('strict', 1)
    text = capsys.readouterr().out
    assert 'pixels predicted unseen' in text and 'tree' in text
    with Image.open(tmp_path / 'less/preview.png') as picture:
        assert picture.width > 1500


def test_calibrated_models_label_more(make_config, checkpoint, tmp_path):
    counts = []
    for gamma in ('0', '0.9'):
        assert pseudo_label.main([
            make_config(), checkpoint, '--p', '100', '--previews', '0',
            '--overwrite', '--cfg-options',
            f'model.decode_head.gamma={gamma}']) == 0
        counts.append(sum((m != 255).sum()
                          for m in maps(tmp_path / 'pseudo').values()))
        manifest = json.loads((tmp_path / 'pseudo/manifest.json').read_text())
        assert manifest['gamma'] == float(gamma)
    assert counts[1] > counts[0] > 0
    assert not (tmp_path / 'pseudo/preview.png').exists()


def test_listed_images_are_labelled_whole(root, make_config, checkpoint,
                                          tmp_path):
    (tmp_path / 'list.txt').write_text('image_2\nimage_5.jpg\n')
    (root / 'Masks/image_5.png').unlink()
    assert pseudo_label.main([
        make_config(), checkpoint, '--unlabelled',
        str(tmp_path / 'list.txt'), '--flip', '--scales', '0.5']) == 0
    assert sorted(maps(tmp_path / 'pseudo')) == ['image_2', 'image_5']
    manifest = json.loads((tmp_path / 'pseudo/manifest.json').read_text())
    assert manifest['listed'] and manifest['views'] == dict(
        flip=True, scales=[.5])
    assert all(e['unlabelled'] for e in manifest['images'].values())


def fails(capsys, *arguments):
    """Run the tool and return its error message."""
    assert pseudo_label.main(list(map(str, arguments))) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize('arguments, message', [
    (['--p', '0'], 'p=0.0 is the percentage'),
    (['--p', '100.5'], 'p=100.5 is the percentage'),
    (['--scales', '1'], 'scales: 1.0 is no other size'),
    (['--previews', '-1'], 'previews must not be negative, got -1'),
    (['--unlabelled', 'gone.txt'], 'no such list of unlabelled images: gone'),
    (['--cfg-options', 'pseudo_labels.pp=3'], "unknown key 'pp'"),
    (['--cfg-options', 'pseudo_labels.path='], 'name the folder with --out'),
    (['--cfg-options', 'train_dataloader.dataset.type=FeatureBankDataset'],
     'is a FeatureBankDataset, not a ZeroShotDataset'),
])
def test_wrong_arguments(make_config, arguments, message, capsys):
    """All of them before a model is built."""
    error = fails(capsys, make_config(), 'gone.pth', *arguments)
    assert 'error: ' in error and message in error


def test_a_checkpoint_is_checked(make_config, checkpoint, tmp_path, capsys):
    path = make_config()
    assert 'no such file: gone.pth' in fails(capsys, path, 'gone.pth')
    model = MODELS.build(Config.fromfile(path).model)
    other = build_split(dict(classes=list(CLASSES), unseen=['bus']))
    save(model, tmp_path / 'other.pth', split=other)
    assert 'trained with labels of tree' in fails(
        capsys, path, tmp_path / 'other.pth')
    save(model, tmp_path / 'released.pth', 'released')
    assert "trained under supervision='released'" in fails(
        capsys, path, tmp_path / 'released.pth')
    assert not (tmp_path / 'pseudo').exists()
