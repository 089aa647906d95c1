"""Photos segmented in the user's words, from a config and a checkpoint."""
import json

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.apis import MMSegInferencer
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot import ClassEmbeddings
from mmseg_zeroshot.commands import predict as tool
from mmseg_zeroshot.datasets import FeatureBankDataset
from mmseg_zeroshot.prediction import Predictor
from mmseg_zeroshot.utils.config_text import assignment

from ..decisions import assert_same_decisions

CLASSES = ['background', 'dog', 'cat', 'cow', 'boat']
SPLIT = dict(classes=CLASSES, unseen=['cat'], ignored=['boat'], name='pets')
STEPS = [dict(type='LoadImageFromFile'),
         dict(type='Resize', scale=(64, 48), keep_ratio=True),
         dict(type='LoadAnnotations'), dict(type='PackSegInputs')]
HEAD = dict(
    type='SemanticProjectionHead', split=SPLIT, embeddings='glove-6b-50d',
    host=dict(type='FCNHead', in_channels=8, channels=8, num_convs=1))
CONFIG = dict(
    custom_imports=dict(imports=['mmseg_zeroshot']),
    default_scope='mmseg',
    model=dict(
        type='ZeroShotSegmentor',
        data_preprocessor=dict(
            type='SegDataPreProcessor', mean=[120.0] * 3, std=[60.0] * 3),
        backbone=dict(
            type='ResNet', depth=18, base_channels=4, num_stages=2,
            strides=(1, 2), dilations=(1, 1), out_indices=(1, ),
            norm_cfg=dict(type='BN')),
        decode_head=dict(HEAD, host=dict(HEAD['host'], in_index=0)),
        test_cfg=dict(mode='whole')),
    train_dataloader=dict(dataset=dict(type='ZeroShotDataset')),
    test_dataloader=dict(dataset=dict(type='ZeroShotDataset',
                                      pipeline=STEPS)),
    visualizer=dict(type='SegLocalVisualizer'))


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Four photos of two sizes, a config and a checkpoint."""
    root = tmp_path_factory.mktemp('predict')
    (root / 'photos').mkdir()
    rng = np.random.default_rng(0)
    for i, size in enumerate([(40, 60), (40, 60), (52, 44), (40, 60)]):
        pixels = rng.integers(0, 255, (size[0] // 4, size[1] // 4, 3))
        pixels = pixels.astype(np.uint8).repeat(4, 0).repeat(4, 1)
        Image.fromarray(pixels).save(root / f'photos/{i}.png')
    save(root, 'spnet', CONFIG)
    return root


def save(root, name: str, config: dict) -> None:
    """Write a config and the checkpoint of a model with spread scores."""
    init_default_scope('mmseg')
    (root / f'{name}.py').write_text(
        ''.join(assignment(*item) for item in config.items()))
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(root / f'{name}.py').model)
    model.init_weights()
    for part in ('projection', 'classifier'):
        layer = getattr(model.decode_head, part, None)
        if layer is not None:
            torch.nn.init.normal_(layer.weight, std=1.)
    meta = dict(dataset_meta=dict(classes=CLASSES, palette=[[0, 0, 0]] * 5))
    torch.save(dict(state_dict=model.state_dict(), meta=meta),
               root / f'{name}.pth')


def run(folder, out, *more: str, images: str = 'photos',
        name: str = 'spnet') -> int:
    return tool.main([
        str(folder / f'{name}.py'), str(folder / f'{name}.pth'),
        str(folder / images), '--out-dir', str(out), '--device', 'cpu', *more])


def areas(out) -> dict:
    return json.loads((out / 'areas.json').read_text())


def mask(out, name: str) -> np.ndarray:
    with Image.open(out / f'pred/{name}.png') as image:
        return np.array(image)


def test_masks_are_those_of_mmseg_s_inferencer(folder, tmp_path):
    inferencer = MMSegInferencer(
        model=str(folder / 'spnet.py'), weights=str(folder / 'spnet.pth'),
        device='cpu', show_progress=False)
    photos = [str(folder / f'photos/{i}.png') for i in range(4)]
    expected = [inferencer(photo)['predictions'] for photo in photos]
    for size in ('1', '3'):
        out = tmp_path / size
        assert run(folder, out, '--batch-size', size) == 0
        for i, ids in enumerate(expected):
            assert_same_decisions(mask(out, str(i)), ids)
    found = areas(out)
    assert len(found['images']) == 4 and found['skipped'] == []
    for entry in found['images']:
        ids = mask(out, entry['image'].split('/')[-1][:-4])
        assert sum(c['pixels'] for c in entry['classes']) == ids.size
        for c in entry['classes']:
            assert c['pixels'] == (ids == c['id']).sum()
            assert c['name'] == CLASSES[c['id']]
        with Image.open(out / entry['overlay']) as overlay:
            assert overlay.width == 240 and overlay.height > 40


def test_a_broken_photo_does_not_take_its_batch_along(
        folder, tmp_path, monkeypatch):
    predict = Predictor.predict

    def picky(self, paths):
        if any(path.name == '1.png' for path in paths):
            raise ValueError('broken')
        return predict(self, paths)

    monkeypatch.setattr(Predictor, 'predict', picky)
    assert run(folder, tmp_path, '--batch-size', '4') == 1
    found = areas(tmp_path)
    assert len(found['images']) == 3
    assert ['1.png' in line for line in found['skipped']] == [True]


def test_what_is_no_checkpoint(folder, tmp_path, capsys):
    (tmp_path / 'notes.pth').write_text('not weights')
    assert tool.main([str(folder / 'spnet.py'), str(tmp_path / 'notes.pth'),
                      str(folder / 'photos')]) == 1
    assert 'error: ' in capsys.readouterr().err


def test_words_are_changed(folder, tmp_path, capsys):
    assert run(folder, tmp_path / 'a') == 0
    assert run(folder, tmp_path / 'b', '--add-classes', 'zebra, boat',
               '--drop-classes', 'Dog', '--rename-classes', 'cow=ox') == 0
    groups = {c['name']: (c['id'], c['group'])
              for c in areas(tmp_path / 'b')['classes']}
    assert groups == dict(
        background=(0, 'seen'), dog=(1, 'ignored'), cat=(2, 'unseen'),
        ox=(3, 'seen'), boat=(4, 'added'), zebra=(5, 'added'))
    before = np.concatenate([mask(tmp_path / 'a', str(i)).ravel()
                             for i in range(4)])
    after = np.concatenate([mask(tmp_path / 'b', str(i)).ravel()
                            for i in range(4)])
    assert 1 in before and 1 not in after
    assert {4, 5} & set(after.tolist())
    # Where no class of the change wins, nothing changes.
    stays = (before != 1) & ~np.isin(after, (4, 5))
    assert_same_decisions(before[stays], after[stays])
    assert 'added zebra, boat' in capsys.readouterr().out


def test_names_with_a_blank_are_single_arguments(folder, tmp_path):
    assert run(folder, tmp_path, '--add-classes', 'traffic light',
               '--rename-classes', 'cow=young cow') == 0
    names = [c['name'] for c in areas(tmp_path)['classes']]
    assert 'traffic light' in names and 'young cow' in names
    assert tool._pairs(['traffic light=lamp']) == {'traffic light': 'lamp'}
    assert tool._pairs(['a=b c=d']) == {'a': 'b', 'c': 'd'}


def test_size_outputs_and_config_options(folder, tmp_path):
    assert run(folder, tmp_path / 'a', '--size', '32', '32',
               '--img-out-dir', '') == 0
    assert not (tmp_path / 'a/vis').exists()
    assert run(folder, tmp_path / 'b', '--cfg-options',
               'model.decode_head.gamma=1.0', '--pred-out-dir', 'ids') == 0
    with Image.open(tmp_path / 'b/ids/0.png') as ids:
        # gamma = 1 leaves the unseen class alone.
        assert set(np.unique(np.array(ids))) == {2}
    assert not np.array_equal(mask(tmp_path / 'a', '0'),
                              np.full((40, 60), 2))


def test_bad_images_are_named_skipped_and_counted(folder, tmp_path, capsys):
    photos = tmp_path / 'photos'
    photos.mkdir()
    for name in ('good.png', 'large.png', 'half.png'):
        Image.effect_noise((60, 40), 90).convert('RGB').save(photos / name)
    Image.new('RGB', (90, 90)).save(photos / 'large.png')
    data = (photos / 'half.png').read_bytes()
    (photos / 'half.png').write_bytes(data[:500])
    out = tmp_path / 'out'
    assert run(folder, out, '--max-pixels', '8000', images=str(photos)) == 1
    error = capsys.readouterr().err
    assert 'half.png cannot be read' in error
    assert 'large.png is oversized: 90 x 90' in error
    assert '2 of 3 images skipped' in error
    found = areas(out)
    assert [entry['image'] for entry in found['images']] == [
        str(photos / 'good.png')]
    assert len(found['skipped']) == 2
    assert run(folder, out, '--max-pixels', '80', images=str(photos)) == 1
    assert 'no image can be segmented' in capsys.readouterr().err


@pytest.mark.parametrize('more, message', [
    (['--add-classes', 'zebraa'], 'nearest known names are: zebra'),
    (['--add-classes', 'dog'], "class 'dog' is there already"),
    (['--drop-classes', 'dgo'], "unknown class 'dgo'"),
    (['--cfg-options', 'model.backbone.base_channels=8',
      'model.decode_head.host.in_channels=16'], 'checkpoint'),
])
def test_what_cannot_be_done(folder, tmp_path, capsys, more, message):
    assert run(folder, tmp_path / 'out', *more) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


def test_a_plain_head_has_no_words_to_change(folder, tmp_path, capsys):
    plain = dict(CONFIG['model'], type='EncoderDecoder', decode_head=dict(
        CONFIG['model']['decode_head']['host'], num_classes=5))
    save(folder, 'plain', dict(CONFIG, model=plain))
    assert run(folder, tmp_path / 'out', '--drop-classes', 'dog',
               name='plain') == 1
    assert 'FCNHead is no zero-shot head' in capsys.readouterr().err


def test_files_that_are_not_there(folder, tmp_path, capsys):
    assert run(folder, tmp_path, images='none.png') == 1
    assert 'none.png: no such image' in capsys.readouterr().err
    assert run(folder, tmp_path, name='other') == 1
    assert 'no such file' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(folder, tmp_path, '--rename-classes', 'cow')
    with pytest.raises(SystemExit):
        run(folder, tmp_path, '--opacity', '2')


@pytest.fixture
def zs3net(folder, monkeypatch):
    """ZS3Net's model and, for its bank, features of the seen classes."""
    head = dict(
        CONFIG['model']['decode_head'], type='GeneratorRetrainedHead',
        stage='classifier', num_vectors=8,
        generator=dict(type='GMMNGenerator', hidden_dim=8))
    save(folder, 'zs3net', dict(
        CONFIG, model=dict(CONFIG['model'], decode_head=head)))

    def draw(self, index):
        generator = torch.Generator().manual_seed(index)
        ids = torch.tensor([0, 1, 3])
        return dict(features=torch.randn(3, 8, 8, generator=generator),
                    class_ids=ids, frequency=torch.full((3, ), 1 / 3))

    opened = []

    def open_bank(self, bank, split, **about):
        opened.append((bank, split.classes, about))

    monkeypatch.setattr(FeatureBankDataset, '__init__', open_bank)
    monkeypatch.setattr(FeatureBankDataset, '__getitem__', draw)
    monkeypatch.setattr(FeatureBankDataset, '__len__', lambda self: 1000)
    return opened


def test_zs3net_retrains_its_classifier(folder, tmp_path, capsys, zs3net):
    assert run(folder, tmp_path / 'out', '--add-classes', 'zebra',
               name='zs3net') == 1
    assert 'mmseg-zeroshot build-feature-bank' in capsys.readouterr().err
    words = ('--add-classes', 'zebra', '--bank', 'mine', '--iterations', '5')
    for out in ('a', 'b'):
        assert run(folder, tmp_path / out, *words, name='zs3net') == 0
    bank, classes, about = zs3net[0]
    # The bank is asked for the classes that the model was trained with.
    assert (bank, list(classes)) == ('mine', CLASSES)
    assert (about['num_vectors'], about['feature_dim']) == (8, 8)
    assert 'retrained the classifier for 5 steps' in capsys.readouterr().out
    assert areas(tmp_path / 'a')['classes'][-1] == dict(
        id=5, name='zebra', group='added')
    for i in range(4):  # of one seed
        assert np.array_equal(mask(tmp_path / 'a', str(i)),
                              mask(tmp_path / 'b', str(i)))


def test_a_table_without_the_word(folder, tmp_path, capsys):
    table = tmp_path / 'mine.npz'
    ClassEmbeddings(('zebra', 'giraffe'), np.ones((2, 50))).save(table)
    assert run(folder, tmp_path / 'out', '--add-classes', 'girafe',
               '--embeddings', str(table)) == 1
    assert 'nearest known names are: giraffe' in capsys.readouterr().err


def test_a_grey_photo_of_two_bytes_is_shown_as_the_network_sees_it(
        folder, tmp_path):
    (tmp_path / 'photos').mkdir()
    grey = np.tile(np.linspace(0, 40_000, 60), (40, 1)).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / 'photos/grey.png')
    out = tmp_path / 'out'
    assert tool.main([
        str(folder / 'spnet.py'), str(folder / 'spnet.pth'),
        str(tmp_path / 'photos'), '--out-dir', str(out), '--opacity', '0',
        '--no-labels', '--device', 'cpu']) == 0
    with Image.open(out / 'vis/grey.jpg') as picture:
        shown = np.array(picture).astype(int)
    difference = abs(shown - (grey // 256).astype(int)[..., None])
    assert np.median(difference) < 6  # borders of regions are drawn
