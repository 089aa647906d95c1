"""ZS3Net with graph context as whole runs, and what it may not see."""
import copy

import numpy as np
import pytest
import torch
from PIL import Image

from mmseg_zeroshot.datasets import (
    GraphBankDataset,
    GraphLayoutDataset,
    ZeroShotDataset,
    build_feature_bank,
)
from mmseg_zeroshot.models.frozen_extractor import FrozenExtractor
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit

from .engine.hooks.tiny_run import TinyData, loader
from .test_strictness import poison
from .test_zs3net_stages import BANK, CLASS_SPLIT, changed, run, staged
from .tiny_voc import CLASSES, UNSEEN, write_folder

SPLIT = ClassSplit(CLASSES, unseen=UNSEEN, name='tiny')
WORDS = ClassEmbeddings(CLASSES, [
    [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, .3, 0, 0], [0, 0, 1, .2]])


def with_graphs(stage):
    model = staged(stage)
    model['data_preprocessor']['type'] = 'GraphDataPreProcessor'
    model['decode_head'].update(
        type='GraphRetrainedHead',
        generator=dict(type='GraphGMMNGenerator', hidden_dim=16))
    return model


def test_step_1_then_2_train_one_part_each(tmp_path):
    """From stage 0 to the classifier, resumed; the extractor stays."""
    seen = tmp_path / 'seen/iter_2.pth'
    runner = run(tmp_path / 'seen', staged('seen'), loader(TinyData()),
                 max_iters=2)
    extract = FrozenExtractor(copy.deepcopy(runner.model), 'cpu')
    bank = build_feature_bank(
        tmp_path / 'bank', make_dataset=TinyData,
        make_extract=lambda device: extract, max_vectors=20, checkpoint=seen,
        graphs=dict(min_pixels=1, pixels=2), report=lambda line: None).path
    graphs = dict(BANK, dataset=GraphBankDataset(
        bank, CLASS_SPLIT, num_graphs=3))
    first = run(tmp_path / '1', with_graphs('generator'), graphs,
                max_iters=2, load_from=seen)
    assert changed(first, seen) == {'generator'}
    generator = tmp_path / '1/iter_2.pth'
    layouts = dict(BANK, dataset=GraphLayoutDataset(
        bank, CLASS_SPLIT, num_layouts=3, num_vectors=8,
        embeddings='glove-6b-50d'))
    stage = dict(load_from=generator, resume=True)
    second = run(tmp_path / '2', with_graphs('classifier'),
                 copy.deepcopy(layouts), max_iters=2, **stage)
    assert changed(second, generator) == {'classifier'}
    third = run(tmp_path / '2', with_graphs('classifier'), layouts,
                max_iters=4, **stage)
    assert third.iter == 4
    assert changed(third, tmp_path / '2/iter_2.pth') == {'classifier'}


def masks_of(root):
    """The folder's images, their labels untouched."""
    return dict(
        type='BaseSegDataset', data_root=str(root),
        metainfo=dict(classes=CLASSES), reduce_zero_label=False,
        data_prefix=dict(img_path='JPEGImages', seg_map_path='Masks'))


def label_features(data):
    """(N, 3, h, w): the images themselves, at stride 4."""
    return torch.stack(data['inputs']).float()[..., ::4, ::4]


def steps_of(root, folder, layouts):
    """Some steps of both stages on a bank of a folder."""
    folder.mkdir()
    (folder / 'net.pth').write_bytes(b'weights')
    bank = build_feature_bank(
        folder / 'bank', make_dataset=lambda: ZeroShotDataset(
            masks_of(root), split=SPLIT, mode='ignore', pipeline=[
                dict(type='LoadImageFromFile'), dict(type='LoadAnnotations'),
                dict(type='PackSegInputs')]),
        make_extract=lambda device: label_features,
        checkpoint=folder / 'net.pth', graphs=dict(),
        report=lambda line: None).path
    sets = (GraphBankDataset(bank, SPLIT, num_graphs=4),
            GraphLayoutDataset(bank, SPLIT, embeddings=WORDS, num_layouts=4,
                               layouts=layouts))
    return [dataset[i] for dataset in sets for i in range(3)]


@pytest.mark.parametrize('kind', ['strict', 'paper'])
def test_poisoned_unseen_labels(kind, tmp_path):
    """Strict steps are bit-identical; true masks are what paper means."""
    root = tmp_path / 'data'
    write_folder(root)
    layouts = 'strict' if kind == 'strict' else masks_of(root)
    clean = steps_of(root, tmp_path / 'clean', layouts)
    assert poison(root) > 100
    poisoned = steps_of(root, tmp_path / 'poisoned', layouts)
    equal = [one.keys() == other.keys() and all(
        torch.equal(one[key], other[key]) for key in one)
        for one, other in zip(clean, poisoned)]
    assert equal == [True] * 3 + [kind == 'strict'] * 3


def test_seen_labels_do_matter(tmp_path):
    root = tmp_path / 'data'
    write_folder(root)
    before = steps_of(root, tmp_path / 'a', 'strict')
    for path in (root / 'Masks').glob('*.png'):
        label = np.array(Image.open(path))
        label[:40] = np.where(label[:40] == 0, 1, label[:40])
        Image.fromarray(label).save(path)
    after = steps_of(root, tmp_path / 'b', 'strict')
    assert not torch.equal(before[0]['node_classes'],
                           after[0]['node_classes'])
