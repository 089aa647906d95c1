"""A trained config and checkpoint in MMSegmentation's own inferencers."""
import numpy as np
import pytest
from mmengine.runner import Runner
from mmseg.apis import MMSegInferencer, inference_model, init_model
from PIL import Image

from .tiny_voc import CLASSES, retrained, spnet, write_folder


@pytest.fixture(params=['spnet', 'zs3net'])
def trained(request, tmp_path, repo_root):
    """Config file and checkpoint of one training step, and a photo."""
    write_folder(tmp_path / 'data')
    cfg = spnet(tmp_path / 'data', repo_root, tmp_path / 'work', 'ignore')
    cfg.train_cfg.max_iters = 1
    if request.param == 'zs3net':
        cfg = retrained(cfg, 'joint')
    cfg.model.decode_head.gamma = 0.2
    cfg.dump(str(tmp_path / 'config.py'))
    Runner.from_cfg(cfg).train()
    photo = tmp_path / 'photo.png'
    pixels = np.random.default_rng(0).integers(0, 255, (70, 90, 3), np.uint8)
    Image.fromarray(pixels).save(photo)
    return str(tmp_path / 'config.py'), str(tmp_path / 'work/iter_1.pth'), \
        str(photo)


@pytest.mark.slow
def test_the_inferencer_runs(trained, tmp_path):
    config_file, checkpoint, photo = trained
    inferencer = MMSegInferencer(
        model=config_file, weights=checkpoint, device='cpu')
    results = inferencer(photo, out_dir=str(tmp_path / 'out'))
    prediction = results['predictions']
    assert prediction.shape == (70, 90)
    assert set(np.unique(prediction)) <= set(range(len(CLASSES)))
    assert (tmp_path / 'out/vis/photo.png').exists() or any(
        (tmp_path / 'out/vis').iterdir())


@pytest.mark.slow
@pytest.mark.parametrize('trained', ['spnet'], indirect=True)
def test_a_class_is_added(trained):
    config_file, checkpoint, photo = trained
    model = init_model(config_file, checkpoint, device='cpu')
    model.add_class('zebra', embeddings='glove-6b-50d')
    assert model.dataset_meta['classes'][-1] == 'zebra'
    result = inference_model(model, photo)
    assert result.seg_logits.data.shape == (len(CLASSES) + 1, 70, 90)
