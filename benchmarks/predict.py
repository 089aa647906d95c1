"""`mmseg-zeroshot predict` against MMSegInferencer: per photo, per class.

    python benchmarks/predict.py [--photos 12] [--rounds 5]

Both read photos, segment them and write overlay and mask, on the shipped
EfficientNet-Lite0 network (untrained weights cost the same). They take turns
on every photo, so that other work on the machine slows both; CPU time (or,
with --wall, the clock), one thread. MMSegInferencer is timed without its
class labels, too: placing these sorts the pixels of every class in Python.
"""
import argparse
import contextlib
import io
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.apis import MMSegInferencer
from mmseg.registry import MODELS
from PIL import Image, ImageFilter

import mmseg_zeroshot  # noqa: F401
from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.models import FeatureSets, retrain_classifier
from mmseg_zeroshot.prediction import Predictor, segment_photos
from mmseg_zeroshot.utils.images import look_at
from mmseg_zeroshot.visualization.predictions import PredictionWriter

BASES = ('models/deeplabv3plus_efficientnet-lite0.py',
         'datasets/voc_layout.py', 'default_runtime.py')


def photo(path: Path, seed: int) -> Path:
    """Write a photo-like image of 500x375: blurred noise."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 255, (375, 500, 3)).astype(np.uint8)
    Image.fromarray(noise).filter(ImageFilter.GaussianBlur(9)).save(
        path, quality=95)
    return path


def config() -> Config:
    """SPNet on the shipped CPU network, as for a folder of one's own."""
    folder = Path(__file__).resolve().parents[1] / 'configs/_base_'
    bases = [str(folder / path) for path in BASES]
    base = Config.fromstring(f'_base_ = {bases}\n', '.py')
    base.model.backbone.pretrained = False
    return derive(base, stages.spnet(
        base, split='voc12-spnet', embeddings='glove-6b-50d'))


def checkpoint(path: Path) -> Path:
    """Save untrained weights whose scores are spread."""
    model = MODELS.build(config().model)
    model.init_weights()
    torch.nn.init.normal_(model.decode_head.projection.weight)
    classes = model.decode_head.split.classes
    palette = np.random.default_rng(0).integers(0, 255, (len(classes), 3))
    torch.save(dict(state_dict=model.state_dict(), meta=dict(
        dataset_meta=dict(classes=classes, palette=palette.tolist()))), path)
    return path


def timed(function, clock=time.process_time) -> float:
    """Milliseconds."""
    start = clock()
    with contextlib.redirect_stdout(io.StringIO()):
        function()
    return 1000 * (clock() - start)


def per_photo(folder: Path, photos: int, rounds: int,
              clock) -> dict[str, float]:
    """Median milliseconds per photo of each way."""
    weights = str(checkpoint(folder / 'model.pth'))
    paths = [photo(folder / f'{i}.jpg', i) for i in range(photos)]
    theirs = MMSegInferencer(model=config(), weights=weights, device='cpu',
                             show_progress=False)
    ours = Predictor(config(), weights, device='cpu', show_progress=False)
    classes = list(ours.model.decode_head.split.classes)

    def predict(path: Path) -> None:
        writer = PredictionWriter(folder / 'ours', classes,
                                  dict.fromkeys(classes, 'seen'))
        segment_photos(ours, [look_at(path, 10**8)], writer, 1)
        writer.finish()

    ways = {
        'mmseg-zeroshot predict': predict,
        'MMSegInferencer, no labels': lambda path: theirs(
            str(path), out_dir=str(folder / 'theirs'), with_labels=False),
        'MMSegInferencer': lambda path: theirs(
            str(path), out_dir=str(folder / 'theirs')),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for path in paths:
            for name, way in ways.items():
                spent = timed(lambda way=way, path=path: way(path), clock)
                if turn:  # the first warms up
                    times[name].append(spent)
    return {name: statistics.median(spent) for name, spent in times.items()}


def spnet_class() -> float:
    """Seconds for a class of SPNet's."""
    model = MODELS.build(config().model)
    return timed(lambda: model.add_class(
        'zebra', embeddings='glove-6b-50d')) / 1000


def zs3net_class(iterations: int) -> float:
    """Seconds for a class of ZS3Net's: 20 seen classes, 256 channels."""
    cfg = config().model
    cfg.decode_head.update(
        type='GeneratorRetrainedHead', stage='classifier', split=dict(
            classes='voc21', unseen=['cow']),
        generator=dict(type='GMMNGenerator'))
    cfg.decode_head.host.channels = 256
    model = MODELS.build(cfg)
    ids = torch.tensor(model.decode_head.split.seen_ids)
    sets = FeatureSets(torch.randn(len(ids), 128, 256), ids,
                       torch.full((len(ids), ), 1 / len(ids)))

    def add() -> None:
        model.add_class('zebra', embeddings='glove-6b-50d')
        retrain_classifier(model, [sets] * iterations, iterations=iterations)

    return timed(add) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--photos', type=int, default=12)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--wall', action='store_true')
    args = parser.parse_args()
    torch.set_num_threads(1)
    init_default_scope('mmseg')
    with tempfile.TemporaryDirectory() as folder:
        clock = time.perf_counter if args.wall else time.process_time
        times = per_photo(Path(folder), args.photos, args.rounds, clock)
    print()
    for name, spent in times.items():
        ratio = times['mmseg-zeroshot predict'] / spent
        print(f'{name:28} {spent:7.1f} ms per photo; '
              f'mmseg-zeroshot predict / this: {ratio:.2f}')
    print(f'a class added to SPNet: {spnet_class():.2f} s')
    print(f'a class added to ZS3Net, 500 steps: {zs3net_class(500):.1f} s')


if __name__ == '__main__':
    main()
