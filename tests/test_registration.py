"""Types are found by name however and whenever the package is imported."""
import subprocess
import sys
import types
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import Registry

import mmseg_zeroshot
from mmseg_zeroshot import _imports, _registration

CONFIG = ('configs/zs3net/zs3net-s1_deeplabv3plus-r18-w32_1xb1-1k_'
          'compositions-k8.py')
BUILD = f"""
from mmengine.config import Config
from mmengine.registry import init_default_scope
config = Config.fromfile({CONFIG!r})
init_default_scope('mmseg')
from mmseg.registry import (DATA_SAMPLERS, DATASETS, HOOKS, METRICS, MODELS,
                            TRANSFORMS)
print(type(MODELS.build(config.model)).__name__, [
    registry.get(name).__module__.split('.')[0] for registry, name in (
        (DATA_SAMPLERS, 'KeyedInfiniteSampler'),
        (DATASETS, 'ZeroShotDataset'), (HOOKS, 'ConsistencyHook'),
        (METRICS, 'ZeroShotIoUMetric'), (TRANSFORMS, 'HideLabels'))])
"""
FOUND = f'ZeroShotSegmentor {["mmseg_zeroshot"] * 5}'


def run(root: Path, code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, '-c', code], cwd=root,
                          capture_output=True, text=True)


@pytest.mark.parametrize('before', [
    '',
    'import mmengine, mmseg.registry',
    'import mmseg_zeroshot',
    'import mmseg_zeroshot, mmseg.models',
    'from mmseg_zeroshot import ClassSplit; import mmengine',
    'from mmseg_zeroshot.models.losses import mmd2',
    # A lookup before the config: mmseg's registries will not import again.
    'from mmseg.registry import MODELS; MODELS.get("FCNHead")',
])
def test_a_config_finds_every_type(before, repo_root):
    done = run(repo_root, before + '\n' + BUILD)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == FOUND


def test_a_config_that_only_names_the_package_is_enough(tmp_path, repo_root):
    (tmp_path / 'mine.py').write_text(
        "custom_imports = dict(imports=['mmseg_zeroshot'])\n"
        "hook = dict(type='LabelLeakHook')\n")
    code = (f'import mmseg_zeroshot\nfrom mmengine.config import Config\n'
            f'config = Config.fromfile({str(tmp_path / "mine.py")!r})\n'
            'from mmengine.registry import HOOKS, init_default_scope\n'
            'init_default_scope("mmseg")\n'
            'print(type(HOOKS.build(config.hook)).__name__)')
    done = run(repo_root, code)
    assert done.stdout.strip().splitlines()[-1:] == ['LabelLeakHook'], (
        done.stderr[-2000:])


def test_a_config_without_the_stack_says_so(repo_root):
    """Also where mmengine is there, and the package is imported by it."""
    code = (
        'import mmengine, importlib.util as u\n'
        'find = u.find_spec\n'
        'u.find_spec = lambda n, *a: None if n == "mmseg" else find(n, *a)\n'
        + BUILD)
    done = run(repo_root, code)
    assert done.returncode == 1
    assert 'mmseg-zeroshot[onedl]' in done.stderr


def test_the_hook_is_gone_once_it_is_used():
    assert not [finder for finder in sys.meta_path
                if isinstance(finder, _imports._AfterImport)]


def test_registries_without_locations_are_left_alone():
    """They share one list, MMEngine's default argument."""
    module = types.ModuleType('registry')
    module.PLAIN = Registry('plain', scope='mmseg')
    module.NAMED = Registry('named', scope='mmseg', locations=['a'])
    _registration.add_location(module)
    assert module.PLAIN._locations == []
    assert module.NAMED._locations == ['a', 'mmseg_zeroshot.registered']
    assert Registry('other', scope='mmseg')._locations == []


def test_public_names_are_there_and_no_others():
    assert set(mmseg_zeroshot.__all__) <= set(dir(mmseg_zeroshot))
    for name in mmseg_zeroshot.__all__:
        assert getattr(mmseg_zeroshot, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'ClasSplit'"):
        mmseg_zeroshot.ClasSplit  # noqa: B018


@pytest.mark.parametrize('room', ['evaluation', 'utils'])
def test_public_names_of_lazy_rooms_are_there(room):
    module = getattr(__import__(f'mmseg_zeroshot.{room}'), room)
    names = module.__all__
    assert all(getattr(module, name) is not None for name in names)


def test_every_shipped_config_names_the_package(repo_root):
    for path in (repo_root / 'configs').glob('*/*.py'):
        if path.parent.name in ('_base_', 'experiments'):
            continue
        config = Config.fromfile(path)
        assert config.custom_imports.imports == ['mmseg_zeroshot'], path
