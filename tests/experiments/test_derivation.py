"""A derived config is what a file over the same base resolves to."""
import copy

import pytest
from mmengine.config import Config

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive

BASE = dict(
    model=dict(type='A', head=dict(type='B', loss=dict(type='C', w=1.))),
    hooks=[dict(type='D'), dict(type='E')], size=(2, 3))
CHANGES = [
    dict(model=dict(type='X', head=dict(n=1))),
    dict(model=dict(head=dict(_delete_=True, type='X'))),
    dict(model=dict(new=dict(_delete_=True, a=1))),
    dict(hooks=[dict(type='F')], size=[1], more=None),
]


@pytest.fixture
def base(tmp_path):
    path = tmp_path / 'base.py'
    path.write_text('\n'.join(f'{k} = {v!r}' for k, v in BASE.items()))
    return path


@pytest.mark.parametrize('change', CHANGES)
def test_as_a_file_would(base, change):
    path = base.with_name('child.py')
    path.write_text('_base_ = "./base.py"\n' + '\n'.join(
        f'{k} = {v!r}' for k, v in change.items()))
    given = Config.fromfile(base)
    before, kept = copy.deepcopy(given), copy.deepcopy(change)
    derived = derive(given, change)
    assert derived.to_dict() == Config.fromfile(path).to_dict()
    # Neither is changed, now or through what was derived.
    derived.hooks.append(1)
    derived.model.clear()
    assert given.to_dict() == before.to_dict() and change == kept


def test_a_dict_is_not_merged_into_a_list(base):
    with pytest.raises(TypeError, match='cannot inherit'):
        derive(Config.fromfile(base), dict(hooks={'0': dict(type='X')}))


@pytest.mark.parametrize('stage, second, first, arguments', [
    ('zs3net_classifier', 'zs3net-s2', 'zs3net-s1', dict(
        load_from='{}/iter_1000.pth', iterations=1000)),
    ('graph_classifier', 'zs3net-gc-s2', 'zs3net-gc-s1', dict(
        load_from='{}/iter_1000.pth', iterations=1000)),
    ('graph_generator', 'zs3net-gc-s1', 'zs3net-s1', {}),
])
def test_as_a_shipped_config(stage, second, first, arguments, repo_root):
    net = '_deeplabv3plus-r18-w32_1xb1-1k_compositions-dense-k8'
    folder = repo_root / 'configs/zs3net'
    base = Config.fromfile(folder / f'{first}{net}.py')
    given = {key: value.format(f'work_dirs/{first}{net}')
             if isinstance(value, str) else value
             for key, value in arguments.items()}
    derived = derive(base, getattr(stages, stage)(base, **given))
    assert derived.to_dict() == Config.fromfile(
        folder / f'{second}{net}.py').to_dict()
