"""No reader of any file runs what a stranger has put into it.

The payload would make a folder where it is unpickled. Each reader must refuse
the file, name it, and leave the folder unmade.
"""
import os
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmseg.apis import MMSegInferencer, init_model
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot._stack import mmseg_tool
from mmseg_zeroshot.classification.features import load_attribute_features
from mmseg_zeroshot.commands import (
    build_feature_bank,
    calibrate,
    convert_checkpoint,
    panels,
    predict,
    pseudo_label,
)
from mmseg_zeroshot.datasets.compositions.files import check_stamp
from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
from mmseg_zeroshot.datasets.feature_bank.shard_reader import read_shard
from mmseg_zeroshot.datasets.few_label import _manifest_content
from mmseg_zeroshot.datasets.self_training.files import (
    read_manifest,
    read_map,
    read_note,
)
from mmseg_zeroshot.datasets.self_training.images import find_listed
from mmseg_zeroshot.loading import load_model, load_runner
from mmseg_zeroshot.models.backbones import EfficientNetLite
from mmseg_zeroshot.results import read_records
from mmseg_zeroshot.semantics import ClassEmbeddings
from mmseg_zeroshot.semantics.name_lists import read_names
from mmseg_zeroshot.semantics.word_files import build_class_vectors
from mmseg_zeroshot.semantics.word_files.formats import FORMATS
from mmseg_zeroshot.utils.checkpoints import read_checkpoint
from mmseg_zeroshot.utils.images import look_at
from mmseg_zeroshot.visualization import read_confusion_csv
from mmseg_zeroshot.visualization.record_curves import gamma_curves

from .payload import MakesFolder, untouched
from .tiny_voc import spnet, write_folder


@pytest.fixture(scope='module')
def config_file(tmp_path_factory, repo_root):
    folder = tmp_path_factory.mktemp('strangers')
    write_folder(folder / 'data')
    cfg = spnet(folder / 'data', repo_root, folder / 'work', 'ignore')
    cfg.feature_bank = dict(
        path=str(folder / 'bank'),
        dataset=dict(cfg.train_dataloader.dataset, mode='drop'))
    cfg.dump(str(folder / 'config.py'))
    return folder / 'config.py'


@pytest.fixture
def made(tmp_path):
    return tmp_path / 'made'


@pytest.fixture(params=['zip', 'legacy'])
def checkpoint(request, tmp_path, made):
    path = tmp_path / 'stranger.pth'
    torch.save(dict(state_dict=dict(w=torch.ones(1)), x=MakesFolder(made)),
               path, _use_new_zipfile_serialization=request.param == 'zip')
    return path


def runner(config_file, **changes):
    cfg = Config.fromfile(config_file)
    cfg.merge_from_dict(changes)
    cfg.train_cfg.max_iters = 1
    return Runner.from_cfg(cfg)


def pretrained_part(config, path):
    model = MODELS.build(dict(
        Config.fromfile(config).model.backbone,
        init_cfg=dict(type='Pretrained', checkpoint=str(path))))
    model.init_weights()


def command(module, *before):
    """Run a command; its message becomes the error's text."""
    def call(config, path, capsys):
        first = [] if module is convert_checkpoint else [str(config)]
        code = module.main([*first, str(path),
                            *(text.format(dir=path.parent)
                              for text in before)])
        assert code == 1
        raise ValueError(capsys.readouterr().err)
    call.is_command = True
    return call


READERS = dict(
    read_checkpoint=lambda config, path: read_checkpoint(path),
    load_model=lambda config, path: load_model(
        Config.fromfile(config), path),
    load_runner=lambda config, path: load_runner(
        Config.fromfile(config), str(path)),
    load_from=lambda config, path: runner(
        config, load_from=str(path)).train(),
    resume=lambda config, path: runner(
        config, load_from=str(path), resume=True).train(),
    tested=lambda config, path: runner(
        config, load_from=str(path)).test(),
    pretrained=pretrained_part,
    efficientnet=lambda config, path: EfficientNetLite(
        pretrained=str(path)).init_weights(),
    init_model=lambda config, path: init_model(
        str(config), str(path), device='cpu'),
    inferencer=lambda config, path: MMSegInferencer(
        model=str(config), weights=str(path), device='cpu'),
    predict=command(predict, '{dir}/photo.png', '--out-dir', '{dir}/out'),
    panels=command(panels, '--out', '{dir}/out'),
    calibrate=command(calibrate, '--out', '{dir}/out', '--oracle'),
    pseudo_label=command(pseudo_label, '--out', '{dir}/out'),
    build_feature_bank=command(build_feature_bank, '--out', '{dir}/bank',
                               '--device', 'cpu'),
    convert=command(convert_checkpoint, '--out', '{dir}/new.pth'),
)


@pytest.mark.parametrize('name', READERS)
def test_a_checkpoint(name, config_file, checkpoint, made, capsys):
    Image.new('RGB', (64, 64)).save(checkpoint.parent / 'photo.png')
    init_default_scope('mmseg')
    read = READERS[name]
    more = [capsys] if hasattr(read, 'is_command') else []
    with pytest.raises(ValueError) as error:
        read(config_file, checkpoint, *more)
    assert 'stranger.pth cannot be read as a checkpoint' in str(error.value)
    assert 'convert-checkpoint' in str(error.value)
    assert untouched(made)


@pytest.mark.slow
@pytest.mark.parametrize('checkpoint', ['zip'], indirect=True)
@pytest.mark.parametrize('tool, how', [
    ('train.py', 'load_from'), ('train.py', 'resume'), ('test.py', '')])
def test_a_checkpoint_by_mmseg_s_own_tools(tool, how, config_file, checkpoint,
                                           made, repo_root, tmp_path):
    """Started beside us: only the config imports this package."""
    given = dict(load_from=['--cfg-options', f'load_from={checkpoint}'],
                 resume=['--resume', '--cfg-options',
                         f'load_from={checkpoint}']).get(how, [checkpoint])
    done = subprocess.run(
        [sys.executable, mmseg_tool(tool), config_file, '--work-dir',
         tmp_path / 'work', *given], capture_output=True, text=True,
        env=dict(os.environ, PYTHONPATH=str(repo_root), OMP_NUM_THREADS='1',
                 TORCH_FORCE_WEIGHTS_ONLY_LOAD='0'))
    assert done.returncode
    assert 'stranger.pth cannot be read as a checkpoint' in done.stderr
    assert untouched(made)


@pytest.fixture
def bank(tmp_path):
    """A bank of one row of one class."""
    from mmseg_zeroshot.datasets.feature_bank.builder import (
        build_feature_bank as build,
    )

    from .datasets.feature_bank import fakes
    (tmp_path / 'net.pth').write_bytes(b'weights')
    build(tmp_path / 'bank', make_dataset=fakes.FakeDataset,
          make_extract=fakes.make_extract, checkpoint=tmp_path / 'net.pth',
          max_vectors=5, report=lambda line: None)
    return tmp_path / 'bank'


def objects(made):
    return np.array([MakesFolder(made)], dtype=object)


@pytest.mark.parametrize('name', ['features.npy', 'images.npy', 'stamp.json',
                                  'checksums.npz'])
@pytest.mark.parametrize('form', ['pickle', 'npy', 'npz'])
def test_a_feature_bank(bank, made, name, form):
    path = bank / name
    size = path.stat().st_size
    with path.open('wb') as file:
        if form == 'pickle':
            pickle.dump(MakesFolder(made), file)
        elif form == 'npy':
            np.save(file, objects(made), allow_pickle=True)
        else:
            np.savez(file, **{key: objects(made) for key in (
                'features.npy', 'images.npy')})
    if path.stat().st_size < size:
        os.truncate(path, size)
    stamp = bank / 'stamp.json'
    if name != stamp.name:
        stamp.write_text(stamp.read_text().replace(
            f'"{name}": {size}', f'"{name}": {path.stat().st_size}'))
    with pytest.raises(ValueError, match=str(bank)):
        FeatureBank.open(bank).images.sum()
    assert untouched(made)


def of_folder(read, name):
    """Read a folder whose file of a name is the stranger's."""
    def call(path):
        shutil.copy(path, path.parent / name)
        read(path.parent)
    call.name = name
    return call


def is_none(read):
    """Refuse what a reader gives as None, as its callers do."""
    def call(path):
        if read(path) is None:
            raise ValueError(path)
    return call


OTHERS = dict(
    class_vectors=ClassEmbeddings.load,
    shard=lambda path: read_shard(path, 'features'),
    **{f'words_{form}': lambda path, form=form: build_class_vectors(
        ['cat'], f'{path}:{form}') for form in FORMATS},
    words=lambda path: build_class_vectors(['cat'], str(path)),
    names=read_names,
    features=lambda path: load_attribute_features(path, path),
    results=read_records,
    gamma_curve=lambda path: gamma_curves([path]),
    confusion=read_confusion_csv,
    listed=lambda path: find_listed(path, ['a', 'b']),
    pseudo_label=lambda path: read_map(path, 6),
    pseudo_label_note=is_none(read_note),
    pseudo_labels=of_folder(read_manifest, 'manifest.json'),
    compositions=of_folder(lambda folder: check_stamp(folder, {'seed': 0}),
                           'compositions.json'),
    few=_manifest_content,
    image=lambda path: look_at(path, 10**6),
)


@pytest.mark.parametrize('form', ['pickle', 'npy', 'npz', 'torch'])
@pytest.mark.parametrize('name', OTHERS)
def test_other_files(tmp_path, made, name, form):
    path = tmp_path / 'stranger.npz'
    with path.open('wb') as file:
        if form == 'pickle':
            pickle.dump(MakesFolder(made), file)
        elif form == 'npy':
            np.save(file, objects(made), allow_pickle=True)
        elif form == 'npz':
            np.savez(file, **{key: objects(made) for key in (
                'classes', 'vectors', 'features', 'stamp')})
        else:
            torch.save(MakesFolder(made), file)
    read = OTHERS[name]
    with pytest.raises((ValueError, OSError)) as error:
        read(path)
    named = getattr(read, 'name', 'stranger.npz')
    assert named in str(error.value)
    assert untouched(made)
