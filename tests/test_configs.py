"""Every shipped config: parsed, built without weights, stepped once."""

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

from mmseg_zeroshot.semantics import build_split

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
LEAVES = sorted(p.relative_to(CONFIGS).as_posix()
                for p in CONFIGS.glob('*/*.py')
                if p.parent.name not in ('_base_', 'recipes'))
VOC_LAYOUT = next(p for p in LEAVES if p.startswith('spnet/spnet_')
                  and 'voclayout' in p)
SIZE = 64


def load(leaf: str) -> Config:
    return Config.fromfile(CONFIGS / leaf)


def trains_on_images(cfg: Config) -> bool:
    return cfg.train_dataloader.dataset.type == 'ZeroShotDataset'


def without_weights(cfg: Config) -> dict:
    """The model as configured, but nothing is looked for or downloaded."""
    model = cfg.model.copy()
    model.pop('pretrained', None)
    model.backbone.pop('pretrained', None)
    model.backbone.pop('init_cfg', None)
    model.data_preprocessor.size = (SIZE, SIZE)
    return model


def batch(split, count: int = 2) -> dict:
    """Random images, labelled with seen classes and unlabelled pixels."""
    allowed = torch.tensor([*split.seen_ids, 255])
    samples = []
    for i in range(count):
        label = allowed[torch.randint(len(allowed), (1, SIZE, SIZE))]
        samples.append(SegDataSample(
            gt_sem_seg=PixelData(data=label),
            metainfo=dict(img_shape=(SIZE, SIZE), ori_shape=(SIZE, SIZE),
                          img_path=f'{i}.png')))
    images = torch.randint(0, 256, (count, 3, SIZE, SIZE)).to(torch.uint8)
    return dict(inputs=list(images), data_samples=samples)


def test_there_are_configs_of_every_kind():
    names = ' '.join(LEAVES)
    for part in ('voc12aug', 'voclayout', 'compositions', 'seenonly'):
        assert part in names


@pytest.mark.parametrize('leaf', LEAVES)
def test_name_says_what_the_config_does(leaf):
    """{method}_{model}_{gpus}xb{batch}-{schedule}_{dataset}-...-{crop}."""
    cfg = load(leaf)
    match = re.fullmatch(
        r'[\w-]+?_.+_(\d)xb(\d+)-(\d+)k_\w[\w-]*?(?:-(\d+)x(\d+))?\.py',
        Path(leaf).name)
    assert match, leaf
    batch_size, thousands, *crop = map(int, filter(None, match.groups()[1:]))
    if not trains_on_images(cfg):
        return
    assert cfg.train_dataloader.batch_size == batch_size
    assert cfg.train_cfg.max_iters == thousands * 1000
    assert list(cfg.model.data_preprocessor.size) == crop


@pytest.mark.parametrize('leaf', LEAVES)
def test_parts_of_the_config_agree(leaf):
    cfg = load(leaf)
    assert cfg.custom_imports.imports == ['mmseg_zeroshot']
    assert Config.fromstring(cfg.pretty_text, '.py').model == cfg.model
    assert cfg.param_scheduler[-1].end == cfg.train_cfg.max_iters
    hooks = {hook.type for hook in [*cfg.default_hooks.values(),
                                    *cfg.get('custom_hooks', [])]}
    assert {'LabelLeakHook', 'ConsistencyHook', 'ZeroShotResultsHook'} <= hooks
    assert cfg.default_hooks.results.method
    # Chosen by the schedule, never by what unseen classes score.
    best = cfg.default_hooks.checkpoint.get('save_best')
    assert best is None or best.startswith('seen')


@pytest.mark.parametrize('leaf', LEAVES)
def test_one_split_everywhere(leaf):
    cfg = load(leaf)
    loaders = [cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader]
    splits = [build_split(loader.dataset.split) for loader in loaders]
    if 'split' in cfg.model.decode_head:
        splits.append(build_split(cfg.model.decode_head.split))
    else:
        assert cfg.model.decode_head.num_classes == splits[0].num_classes
    assert len(set(splits)) == 1
    assert cfg.val_dataloader.dataset.mode == 'keep'
    assert cfg.test_dataloader == cfg.val_dataloader
    assert cfg.val_evaluator.type == 'ZeroShotIoUMetric'
    if trains_on_images(cfg):
        assert cfg.train_dataloader.dataset.mode in ('ignore', 'drop')


@pytest.mark.parametrize('leaf', LEAVES)
def test_one_training_and_one_test_step(leaf):
    cfg = load(leaf)
    if not trains_on_images(cfg):
        pytest.skip('trains on a feature bank; tested with it')
    init_default_scope('mmseg')
    split = build_split(cfg.train_dataloader.dataset.split)
    model = MODELS.build(without_weights(cfg))
    model.init_weights()
    optimizer = build_optim_wrapper(model, cfg.optim_wrapper)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}

    model.train()
    # A method that keeps its extractor fixed takes it out of training.
    trained = {name.split('.')[0] for name, p in model.named_parameters()
               if p.requires_grad}
    data = batch(split)
    logs = model.train_step(data, optimizer)
    assert all(torch.isfinite(value).all() for value in logs.values())
    moved = {name.split('.')[0] for name, p in model.named_parameters()
             if not torch.equal(p, before[name])}
    assert 'decode_head' in moved
    assert moved == trained

    model.eval()
    results = model.test_step(batch(split, 1))
    scores = results[0].seg_logits.data
    decision = results[0].pred_sem_seg.data
    assert scores.shape == (split.num_classes, SIZE, SIZE)
    assert decision.shape == (1, SIZE, SIZE)
    assert torch.isfinite(scores).all()


def test_voc_layout_is_switched_by_the_environment(monkeypatch):
    for name, value in dict(
            ZS_DATA_ROOT='/data/my voc', ZS_UNSEEN='potted plant,cow',
            ZS_IGNORED='bird', ZS_EMBEDDINGS='a.npz,b.npz', ZS_GAMMA='0.5',
            ZS_MASKS='Masks', ZS_VAL_LIST='val2.txt').items():
        monkeypatch.setenv(name, value)
    cfg = load(VOC_LAYOUT)
    for loader in (cfg.train_dataloader, cfg.val_dataloader,
                   cfg.test_dataloader):
        split = build_split(loader.dataset.split)
        assert set(split.unseen) == {'cow', 'pottedplant'}
        assert split.ignored == ('bird', )
        assert loader.dataset.dataset.data_root == '/data/my voc'
        assert loader.dataset.dataset.data_prefix.seg_map_path == 'Masks'
    assert cfg.val_dataloader.dataset.dataset.ann_file == 'val2.txt'
    head = cfg.model.decode_head
    assert build_split(head.split) == split
    assert head.embeddings == ['a.npz', 'b.npz']
    assert head.gamma == 0.5
    assert head.host.num_classes == 21


def test_voc_layout_takes_a_shipped_split_or_classes(monkeypatch):
    monkeypatch.setenv('ZS_SPLIT', 'voc12-zs3-k4')
    cfg = load(VOC_LAYOUT)
    assert cfg.model.decode_head.split == 'voc12-zs3-k4'
    assert cfg.train_dataloader.dataset.split == 'voc12-zs3-k4'
    monkeypatch.setenv('ZS_CLASSES', 'sky,road,car,tree')
    monkeypatch.setenv('ZS_UNSEEN', 'tree')
    cfg = load(VOC_LAYOUT)
    inner = cfg.train_dataloader.dataset.dataset
    assert inner.type == 'BaseSegDataset'
    assert inner.metainfo.classes == ['sky', 'road', 'car', 'tree']
    split = build_split(cfg.model.decode_head.split)
    assert split.classes == ('sky', 'road', 'car', 'tree')
    assert cfg.model.decode_head.host.num_classes == 4


def test_voc_layout_holds_validation_classes_out(monkeypatch):
    monkeypatch.setenv('ZS_HOLD_OUT', '1')
    assert load(VOC_LAYOUT).model.decode_head.split == 'voc12-spnet-cv'
    monkeypatch.setenv('ZS_VALIDATION', 'horse')
    with pytest.raises(ValueError, match='ZS_VALIDATION.*ZS_UNSEEN'):
        load(VOC_LAYOUT)
    monkeypatch.setenv('ZS_UNSEEN', 'cow,cat')
    cfg = load(VOC_LAYOUT)
    split = build_split(cfg.model.decode_head.split)
    assert (split.name, split.held_out) == ('unseen-cow-cat-cv', True)
    assert (split.unseen, split.ignored) == (('horse', ), ('cat', 'cow'))
    assert build_split(cfg.val_dataloader.dataset.split) == split
    monkeypatch.setenv('ZS_HOLD_OUT', '0')
    split = build_split(load(VOC_LAYOUT).train_dataloader.dataset.split)
    assert (split.unseen, split.held_out) == (('cat', 'cow'), False)
    assert split.validation == ('horse', )


def test_demo_keeps_its_split(monkeypatch):
    monkeypatch.setenv('ZS_SPLIT', 'voc12-spnet')
    leaf = next(p for p in LEAVES if p.startswith('spnet/spnet_')
                and 'compositions' in p)
    assert load(leaf).model.decode_head.split == 'compositions-k8'
    monkeypatch.setenv('ZS_DEMO_SPLIT', 'compositions-k8-cv')
    assert load(leaf).model.decode_head.split == 'compositions-k8-cv'


def test_voc_layout_is_switched_by_cfg_options():
    cfg = load(VOC_LAYOUT)
    cfg.merge_from_dict({
        'model.decode_head.split': 'voc12-zs3-k2',
        'train_dataloader.dataset.dataset.data_root': '/data',
        'train_dataloader.dataset.split': 'voc12-zs3-k2'})
    assert cfg.model.decode_head.split == 'voc12-zs3-k2'
    assert cfg.train_dataloader.dataset.dataset.data_root == '/data'
    assert cfg.train_dataloader.dataset.dataset.type == 'PascalVOCDataset'
