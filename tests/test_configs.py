"""Every shipped config: parsed, built without weights, stepped once."""

import copy
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config, ConfigDict
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmseg.registry import MODELS

from mmseg_zeroshot.experiments.environment import KNOWN
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit, build_split

from .tiny_layouts import LAYOUTS, SIZE, write_layout

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
LEAVES = sorted(p.relative_to(CONFIGS).as_posix()
                for p in CONFIGS.glob('*/*.py')
                if p.parent.name not in ('_base_', 'experiments'))
NARROW = 8


@cache
def parsed(leaf: str) -> Config:
    return Config.fromfile(CONFIGS / leaf)


def load(leaf: str) -> Config:
    return Config.fromfile(CONFIGS / leaf)


def trains_on_images(cfg: Config) -> bool:
    return cfg.train_dataloader.dataset.type == 'ZeroShotDataset'


def inner_dataset(cfg: Config) -> ConfigDict:
    """The data set inside the wrapper that is evaluated."""
    return cfg.val_dataloader.dataset.dataset


def tables_of(cfg: Config) -> list[str]:
    """The files of class vectors that a config names."""
    names = cfg.model.decode_head.get('embeddings', [])
    names = [names] if isinstance(names, str) else names
    return [name for name in names if name.endswith('.npz')]


def write_tables(cfg: Config, width: int | None = None) -> None:
    """Write random class vectors, as wide as the file's name says."""
    for name in tables_of(cfg):
        classes = build_split(cfg.model.decode_head.split).classes
        columns = width or int(Path(name).stem.split('_')[-1])
        vectors = np.random.default_rng(0).normal(size=(len(classes), columns))
        ClassEmbeddings(classes, vectors.astype(np.float32)).save(name)


def without_weights(cfg: Config) -> ConfigDict:
    """The model as configured, but nothing is looked for or downloaded."""
    model = copy.deepcopy(cfg.model)
    model.pop('pretrained', None)
    model.backbone.pop('pretrained', None)
    model.backbone.pop('init_cfg', None)
    model.data_preprocessor.size = (SIZE, SIZE)
    if 'test_cfg' in model.data_preprocessor:
        model.data_preprocessor.test_cfg.size = (SIZE, SIZE)
    return model


def reduced(cfg: Config) -> ConfigDict:
    """The model with less in it of what only costs time."""
    model = without_weights(cfg)
    if model.backbone.get('depth') == 101:
        model.backbone.depth = 50  # the same maps from fewer blocks
    if 'img_size' in model.backbone:
        model.backbone.img_size = (SIZE, SIZE)
    host = model.decode_head.get('host', model.decode_head)
    if host.type == 'DeepLabV2Head':
        host.channels = NARROW * max(1, len(tables_of(cfg)))
        if 'hidden_channels' in host:
            host.hidden_channels = NARROW
    return model


def batch_of(dataloader: ConfigDict) -> dict:
    """Two tiny images as the config's own pipeline brings them."""
    np.random.seed(0)  # of MMCV's transforms
    dataloader = copy.deepcopy(dataloader)
    dataset = dataloader.dataset
    for step in dataset.pipeline:
        if 'crop_size' in step:
            step.crop_size = (SIZE, SIZE)
        if step.type == 'Resize':
            step.scale = (SIZE, SIZE)
    if 'Compositions' in dataset.dataset.type:
        dataset.dataset.update(num_train=2, num_val=2, image_size=SIZE)
    if 'few' in dataset:
        dataset.few.num_images = 1
        if 'num_train' in dataset.dataset:
            # So many that each class is in one.
            dataset.dataset.update(num_train=80, data_root='data/few')
    dataset.pop('pseudo_labels', None)  # made by a network; tested there
    dataloader.update(
        batch_size=2, num_workers=0, persistent_workers=False)
    return next(iter(Runner.build_dataloader(dataloader, seed=0)))


def feature_sets(model: torch.nn.Module, split: ClassSplit) -> dict:
    """A step of a feature bank: a set of vectors of each seen class."""
    classes = torch.tensor(split.seen_ids)
    features = torch.randn(
        1, len(classes), 8, model.decode_head.feature_channels)
    share = torch.full((1, len(classes)), 1 / len(classes))
    return dict(features=features, class_ids=classes[None], frequency=share)


def chain(class_ids: tuple[int, ...]) -> dict:
    """A region graph of a step, loaded: a node of each class, in a row."""
    nodes = torch.arange(len(class_ids))
    return dict(
        node_classes=torch.tensor(class_ids)[None],
        edges=torch.stack([nodes[:-1], nodes[1:]], 1)[None])


def node_graphs(model: torch.nn.Module, split: ClassSplit) -> dict:
    """A step of a bank's graphs: four pixels of each seen class's node."""
    pixels = torch.randn(
        1, len(split.seen_ids), 4, model.decode_head.feature_channels)
    return dict(chain(split.seen_ids), node_features=pixels)


def layout_graphs(model: torch.nn.Module, split: ClassSplit) -> dict:
    """A step of a bank with layouts, which hold the unseen classes, too."""
    return dict(feature_sets(model, split),
                **chain(split.seen_ids + split.unseen_ids))


def test_there_are_configs_of_every_kind():
    names = ' '.join(LEAVES)
    for part in ('voc12aug', 'context', 'compositions', 'seenonly',
                 'cocostuff164k', 'deeplabv2-r101', 'deeplabv2-vgg16'):
        assert part in names


@pytest.mark.parametrize('leaf', LEAVES)
def test_name_says_what_the_config_does(leaf):
    """{method}_{model}_{gpus}xb{batch}-{schedule}_{dataset}-...-{crop}."""
    cfg = parsed(leaf)
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
    cfg = parsed(leaf)
    assert cfg.custom_imports.imports == ['mmseg_zeroshot']
    assert Config.fromstring(cfg.pretty_text, '.py').model == cfg.model
    assert cfg.param_scheduler[-1].end == cfg.train_cfg.max_iters
    hooks = {hook.type for hook in [*cfg.default_hooks.values(),
                                    *cfg.get('custom_hooks', [])]}
    assert {'LabelLeakHook', 'ConsistencyHook', 'ZeroShotResultsHook',
            'FiniteHook', 'OneRunHook', 'StageStartHook'} <= hooks
    saving = cfg.default_hooks.checkpoint
    assert saving.interval <= cfg.train_cfg.max_iters // 10
    assert 2 <= saving.max_keep_ckpts <= 3
    assert cfg.default_hooks.results.method
    # Chosen by the schedule, never by what unseen classes score.
    best = cfg.default_hooks.checkpoint.get('save_best')
    assert best is None or best.startswith('seen')


@pytest.mark.parametrize('leaf', LEAVES)
def test_one_split_everywhere(leaf):
    cfg = parsed(leaf)
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
        assert cfg.train_dataloader.dataset.mode in ('ignore', 'drop', 'few')


@pytest.mark.parametrize('leaf', LEAVES)
def test_one_training_and_one_test_step(leaf, tmp_path, monkeypatch):
    """On two images in the layout of the config's data set."""
    cfg = parsed(leaf)
    monkeypatch.chdir(tmp_path)
    init_default_scope('mmseg')
    split = build_split(cfg.val_dataloader.dataset.split)
    if inner_dataset(cfg).type in LAYOUTS:
        write_layout(tmp_path, inner_dataset(cfg).type, split)
    write_tables(cfg, NARROW)
    model = MODELS.build(reduced(cfg))
    model.init_weights()
    check_test_step(model, batch_of(cfg.test_dataloader), split)
    if trains_on_images(cfg):
        check_training_step(cfg, model, batch_of(cfg.train_dataloader))
    else:
        make = dict(
            FeatureBankDataset=feature_sets, GraphBankDataset=node_graphs,
            GraphLayoutDataset=layout_graphs)[cfg.train_dataloader.dataset.type]
        check_training_step(cfg, model, make(model, split))


def check_training_step(cfg: Config, model: torch.nn.Module,
                        batch: dict) -> None:
    """What is to be trained moves, and nothing else."""
    optimizer = build_optim_wrapper(model, cfg.optim_wrapper)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    # A method that keeps its extractor fixed takes it out of training.
    trained = {name.split('.')[0] for name, p in model.named_parameters()
               if p.requires_grad}
    logs = model.train().train_step(batch, optimizer)
    assert all(torch.isfinite(value).all() for value in logs.values())
    moved = {name.split('.')[0] for name, p in model.named_parameters()
             if not torch.equal(p, before[name])}
    assert 'decode_head' in moved
    assert moved == trained


def check_test_step(model: torch.nn.Module, batch: dict,
                    split: ClassSplit) -> None:
    """Every class has a score at every pixel, and one wins."""
    with torch.no_grad():
        results = model.eval().test_step(batch)
    assert len(results) == 2
    for result in results:
        scores, label = result.seg_logits.data, result.gt_sem_seg.data
        assert scores.shape == (split.num_classes, SIZE, SIZE)
        assert result.pred_sem_seg.data.shape == label.shape
        assert torch.isfinite(scores).all()
        # The data set's ids are the split's.
        assert set(label.unique().tolist()) - {255} <= set(
            range(split.num_classes))


def test_what_is_reduced_above_builds_at_full_size(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    init_default_scope('mmseg')
    built = set()
    for leaf in LEAVES:
        cfg = parsed(leaf)
        model = without_weights(cfg)
        head = model.decode_head
        kind = repr((model.backbone, head.get('host', head).type,
                     len(tables_of(cfg))))
        if model == reduced(cfg) or kind in built:
            continue
        built.add(kind)
        write_tables(cfg)
        channels = MODELS.build(model).decode_head.feature_channels if (
            'host' in head) else head.channels
        assert channels == head.get('host', head).channels, leaf
    assert len(built) >= 4


def test_demo_keeps_its_split(monkeypatch):
    monkeypatch.setenv('ZS_SPLIT', 'voc12-spnet')
    leaf = next(p for p in LEAVES if p.startswith('spnet/spnet_')
                and 'compositions' in p)
    assert load(leaf).model.decode_head.split == 'compositions-k8'


@pytest.mark.parametrize('leaf', LEAVES)
def test_a_misspelt_variable_is_refused(leaf, monkeypatch):
    """The default would train without a word."""
    monkeypatch.setenv('ZS_SPLITT', 'voc12-zs3-k4')
    with pytest.raises(ValueError, match=(
            'unknown variable ZS_SPLITT.*did you mean ZS_SPLIT?')):
        load(leaf)


def test_configs_read_two_variables(repo_root):
    read = {name for path in (repo_root / 'configs').rglob('*.py')
            for name in re.findall(r'\{\{\s*\$(\w+)', path.read_text('utf-8'))}
    assert read == set(KNOWN)


@pytest.mark.parametrize('model, level, size', [
    ('deeplabv3plus_efficientnet-lite0', [2, 3], 16),
    ('deeplabv3plus_efficientnet-lite0-s32', 3, 8),
])
def test_where_the_aspp_of_the_cpu_network_works(model, level, size):
    cfg = Config.fromfile(CONFIGS / f'_base_/models/{model}.py')
    host = cfg.model.decode_head
    assert host.in_index == level
    init_default_scope('mmseg')
    head = MODELS.build(host).eval()
    seen = []
    head.aspp_modules.register_forward_pre_hook(
        lambda module, inputs: seen.append(inputs[0].shape))
    maps = [torch.zeros(1, channels, 256 // stride, 256 // stride)
            for channels, stride in ((24, 4), (40, 8), (112, 16), (320, 32))]
    assert head(maps).shape == (1, 21, 64, 64)
    assert seen[0][2:] == (size, size)


@pytest.mark.parametrize('data', ['voc_layout', 'folders'])
def test_bases_for_data_of_ones_own(data):
    """What they leave open is named; the rest is a whole data set."""
    cfg = Config.fromfile(CONFIGS / f'_base_/datasets/{data}.py')
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        assert loader.dataset.type == 'ZeroShotDataset'
        assert loader.dataset.dataset.type == 'BaseSegDataset'
        assert 'split' not in loader.dataset
    assert cfg.train_dataloader.dataset.mode == 'ignore'
    assert cfg.test_dataloader == cfg.val_dataloader
    crop = cfg.train_dataloader.dataset.pipeline[3].crop_size
    assert crop == cfg.crop_size
