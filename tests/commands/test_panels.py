"""Looking at models: an untrained pair on four embedded images."""
import json

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS
from PIL import Image

from mmseg_zeroshot.commands import panels
from mmseg_zeroshot.semantics import get_split
from mmseg_zeroshot.visualization import read_confusion_csv

NET = 'deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96'
CONFIG = """
_base_ = '{root}/configs/spnet/{method}_{net}.py'
test_dataloader = dict(
    batch_size=2, num_workers=0, persistent_workers=False, dataset=dict(
        dataset=dict(num_train=1, num_val=4, data_root='{data}')))
"""


@pytest.fixture(scope='module')
def models(tmp_path_factory, repo_root):
    """Config and checkpoint of SPNet and of the plain network."""
    folder = tmp_path_factory.mktemp('models')
    init_default_scope('mmseg')
    split = get_split('compositions-k8').to_dict()
    meta = dict(dataset_meta=dict(split=split, split_mode='ignore'))
    found = {}
    for method in ('spnet', 'seenonly'):
        config = folder / f'{method}.py'
        config.write_text(CONFIG.format(root=repo_root, method=method,
                                        net=NET, data=folder / 'data'))
        torch.manual_seed(0)
        model = MODELS.build(Config.fromfile(config).model)
        checkpoint = folder / f'{method}.pth'
        torch.save(dict(state_dict=model.state_dict(), meta=meta), checkpoint)
        found[method] = [str(config), str(checkpoint)]
    return found


def test_everything_is_written(models, tmp_path, capsys):
    split = get_split('compositions-k8')
    code = panels.main([
        *models['spnet'], '--title', 'SPNet', '--against',
        *models['seenonly'], 'without', '--images', '2', '--each', '1',
        '--classes', 'background', 'solid red disc', '--out', str(tmp_path),
        '--formats', 'png'])
    assert code == 0, capsys.readouterr().err
    assert '4 images; written to' in capsys.readouterr().out
    width, _ = Image.open(tmp_path / 'panel.png').size
    assert width == pytest.approx(4 * 2.4 * 200, abs=80)  # four columns
    assert (tmp_path / 'classes/background.png').exists()

    table = read_confusion_csv(tmp_path / 'confusion.csv')
    assert table.classes[-8:] == split.unseen
    assert table.counts.sum() == 4 * 96 * 96
    assert (tmp_path / 'confusion.png').exists()

    content = json.loads((tmp_path / 'images.json').read_text('utf-8'))
    assert content['checkpoint'] == 'spnet.pth'
    images = content['images']
    assert len({image['image'] for image in images}) == 4
    for image in images:
        assert sum(c['share'] for c in image['classes'].values()) == (
            pytest.approx(1))
    shown = np.mean([image['classes']['background']['share']
                     for image in images])
    truth = table.counts.sum(1)[table.classes.index('background')]
    assert shown == pytest.approx(truth / (4 * 96 * 96))


def test_no_class_panels(models, tmp_path):
    assert panels.main([*models['seenonly'], '--each', '0', '--images', '1',
                        '--classes', 'solid red disc',
                        '--out', str(tmp_path), '--formats', 'svg']) == 0
    assert not (tmp_path / 'classes').exists()
    assert {path.suffix for path in tmp_path.glob('*.*')} == {
        '.svg', '.csv', '.json'}


def test_bad_input_is_named(models, tmp_path, capsys):
    out = ['--out', str(tmp_path / 'out')]
    config, checkpoint = models['spnet']
    for arguments, message in (
            ([config, 'nowhere.pth'], 'no such file: nowhere.pth'),
            ([config, checkpoint, '--classes', 'solid red disk'],
             'nearest known names are: solid red disc'),
            ([config, models['seenonly'][1]], 'decode_head')):
        assert panels.main([*arguments, *out]) == 1
        assert message in capsys.readouterr().err
    assert not (tmp_path / 'out/images.json').exists()


def test_counts_cannot_be_negative(capsys):
    with pytest.raises(SystemExit):
        panels.main(['c.py', 'c.pth', '--each', '-1'])
    assert '--each must be 0 or more, got -1' in capsys.readouterr().err
