"""What stages return: new dicts, for any base, and errors that say why."""
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import PARAM_SCHEDULERS

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.stages.saving import frequent_checkpoints

NET = 'deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'
BANK = dict(load_from='seen.pth', bank='bank', max_vectors=64, batch_size=8,
            iterations=1000)


@pytest.fixture
def load(repo_root):
    """A shipped config on the embedded data set, and maybe a recipe."""
    def load(name: str, recipe: str = '') -> Config:
        cfg = Config.fromfile(repo_root / f'configs/{name}_{NET}')
        if recipe:
            cfg = derive(cfg, Config.fromfile(
                repo_root / f'configs/_base_/recipes/{recipe}.py'))
        return cfg
    return load


@pytest.fixture
def plain(load):
    return load('spnet/seenonly', 'strict')


def containers(value, found=None):
    """The identities of all dicts and lists."""
    found = [] if found is None else found
    if isinstance(value, (dict, list)):
        found.append(id(value))
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            containers(item, found)
    return found


@pytest.mark.parametrize('stage, arguments', [
    ('zs3net_generator', BANK),
    ('zs3net_joint', dict(load_from='seen.pth', iterations=5)),
    ('self_training', dict(load_from='a.pth', pseudo_labels='p', percent=5.)),
    ('ale', {}), ('shorter', dict(iterations=10))])
def test_nothing_is_shared(stage, arguments, plain):
    change = getattr(stages, stage)(plain, **arguments)
    own, its = containers(change), containers(plain._cfg_dict)
    assert len(own) == len(set(own))
    assert not set(own) & set(its)


def test_loaders_of_spnet_are_three(load):
    change = stages.spnet(load('spnet/seenonly'), split='compositions-k8',
                          embeddings='glove-6b-50d')
    change['val_dataloader']['dataset']['split'] = 'other'
    assert change['test_dataloader']['dataset']['split'] == 'compositions-k8'


def test_baselines_are_the_same_on_both_bases(load):
    """On a plain network, and in the place of SPNet's loss."""
    heads = []
    for base in (load('spnet/seenonly'), load('spnet/spnet')):
        cfg = derive(base, stages.devise(base))
        assert cfg.model.type == 'ZeroShotSegmentor'
        assert cfg.default_hooks.results.method == 'DeViSE'
        heads.append(cfg.model.decode_head.to_dict())
    assert heads[1].pop('gamma') == 0
    assert heads[0] == heads[1]


def test_shorter_keeps_the_shape(plain):
    change = stages.shorter(plain, iterations=600)
    assert change['train_cfg'] == dict(max_iters=600, val_interval=600)
    assert [(part['begin'], part['end'])
            for part in change['param_scheduler']] == [(0, 60), (60, 600)]
    assert [part['type'] for part in change['param_scheduler']] == [
        part.type for part in plain.param_scheduler]


@pytest.mark.parametrize('recipe, rate', [('strict', .001), ('paper', .0002)])
def test_a_learning_rate_yields_to_what_is_printed(recipe, rate, load):
    base = load('spnet/seenonly', recipe)
    change = stages.zs3net_generator(base, learning_rate=.001, **BANK)
    assert change['optim_wrapper']['optimizer']['lr'] == rate


@pytest.mark.parametrize('bgr_to_rgb, colour', [
    (True, (30, 20, 10)), (False, (10, 20, 30))])
def test_crops_are_padded_as_the_network_pads(plain, bgr_to_rgb, colour):
    """In the order of the image, which is BGR."""
    plain.model.data_preprocessor.update(
        size=(40, 50), mean=[10.1, 20., 30.], bgr_to_rgb=bgr_to_rgb)
    steps = plain.train_dataloader.dataset.pipeline
    assert stages.zs3net_generator(plain, **BANK)['feature_bank'][
        'dataset']['pipeline'] == steps  # all images are of one size
    steps = [*steps[:2], dict(type='RandomCrop', crop_size=(40, 50)),
             *steps[2:]]
    base = derive(plain, dict(train_dataloader=dict(
        dataset=dict(pipeline=steps))))
    change = stages.zs3net_generator(base, **BANK)
    *before, padding, last = change['feature_bank']['dataset']['pipeline']
    assert padding == dict(type='Pad', size=(40, 50),
                           pad_val=dict(img=colour, seg=255))
    assert [*before, last] == steps


@pytest.mark.parametrize('key, value', [
    ('pretrained', False), ('init_cfg', None)])
def test_a_frozen_network_gets_its_weights_by_load_from(key, value, plain):
    assert 'backbone' not in stages.frozen_network(plain, 'joint')
    plain.model.backbone[key] = 'somewhere'
    plain.model.pretrained = 'somewhere'
    model = stages.frozen_network(plain, 'joint')
    assert model['backbone'] == {key: value}
    assert model['pretrained'] is None


@pytest.mark.parametrize('stage, change, message', [
    ('zs3net_generator', dict(model=dict(decode_head=dict(host={}))),
     'host already: build this stage on a plain network'),
    ('zs3net_generator', dict(model=dict(data_preprocessor=dict(type='X'))),
     "is a 'X'; to read feature banks, ZS3Net needs a SegDataPre"),
    ('zs3net_joint', dict(recipe=dict(supervision='paper')),
     "the recipe 'paper' trains .* strict, gan or released"),
    ('shorter', dict(recipe=dict(label='paper')),
     "recipe: label='paper' .*write supervision='paper'"),
    ('shorter', dict(train_cfg=dict(_delete_=True, max_epochs=3)),
     'train_cfg is .*max_epochs.* give max_iters'),
])
def test_what_does_not_fit_is_refused(stage, change, message, plain):
    arguments = dict(
        zs3net_generator=BANK, shorter=dict(iterations=3),
        zs3net_joint=dict(load_from='a', iterations=3))[stage]
    with pytest.raises(ValueError, match=message):
        getattr(stages, stage)(derive(plain, change), **arguments)


def test_numbers_are_checked(load, plain):
    with pytest.raises(ValueError, match='num_images must be at least 1'):
        stages.few_label(load('spnet/spnet'), load_from='a', num_images=0)
    with pytest.raises(ValueError, match='iterations must be at least 1'):
        stages.shorter(plain, iterations=0)


@pytest.mark.parametrize('split, name', [
    ('voc12-spnet', 'voc12-spnet'),
    (dict(name='farm', unseen=['cow']), 'farm')])
def test_a_draw_has_a_file_of_its_own(split, name, load):
    base = load('spnet/spnet')
    base.split = split
    change = stages.few_label(base, load_from='a', num_images=3, draw_seed=7)
    few = change['train_dataloader']['dataset']['few']
    assert few['manifest'] == f'work_dirs/few_label/{name}-n3-seed7.json'
    assert change['default_hooks']['results']['variant'] == dict(n=3)


def test_a_warm_up_that_is_left_no_length_is_left_out(plain):
    """MMEngine refuses one, but only when the training starts."""
    warm_up = dict(type='LinearLR', start_factor=1e-6, by_epoch=False,
                   begin=0, end=100)
    poly = dict(stages.poly(1000)[0], begin=100)
    base = derive(plain, dict(param_scheduler=[warm_up, poly],
                              train_cfg=dict(max_iters=1000)))
    for iterations, ends in [(1, []), (2, [2]), (19, [19]), (20, [2, 20]),
                             (1000, [100, 1000])]:
        change = stages.shorter(base, iterations=iterations)
        parts = change['param_scheduler']
        assert [part['end'] for part in parts] == ends
        model = torch.nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.)
        for part in parts:
            part.pop('by_epoch')
            kind = PARAM_SCHEDULERS.get(part.pop('type'))
            kind(optimizer, by_epoch=False, **part)


@pytest.mark.parametrize('given, length, expected', [
    (dict(by_epoch=False, interval=2000), dict(max_iters=1000), 100),
    (dict(by_epoch=False, interval=2000), dict(max_iters=20000), None),
    (dict(by_epoch=False, interval=50), dict(max_iters=1000), None),
    (dict(by_epoch=False), dict(max_iters=7), 1),
    (dict(interval=4), dict(max_epochs=20), 2),
    (dict(interval=1), dict(max_epochs=3), None),
    (None, dict(max_iters=1000), None),
])
def test_a_training_saves_ten_times_at_least(given, length, expected):
    found = frequent_checkpoints(
        dict(default_hooks=dict(checkpoint=given), train_cfg=length))
    assert found == ({} if expected is None else dict(
        default_hooks=dict(checkpoint=dict(interval=expected))))


def test_a_renamed_key_of_a_recipe_is_refused(plain):
    recipe = dict(plain.recipe, step_2_hooks=[])
    with pytest.raises(ValueError, match=r'step_2_hooks.* write restart=\['):
        stages.zs3net_joint(dict(plain, recipe=recipe), load_from='a.pth',
                            iterations=5)
