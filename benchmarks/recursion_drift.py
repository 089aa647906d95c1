"""Say where recursion draws generated features to, on validation classes.

    python benchmarks/recursion_drift.py CONFIG CHECKPOINT [CHECKPOINT ...] \
        [--json FILE]

Checkpoints of one extractor, say of a sweep over the loss's gamma, and the
config of one of them. For each, means over the unseen classes of: the squared
MMD between generated vectors and the real ones that a class has in the test
images; the distance of their means; the distance of the generated mean to the
nearest seen class's; and the share of generated vectors that the classifier
takes for their class with more than --tau. Labels of unseen classes are read,
so a split whose unseen classes are the real ones is refused.
"""
from __future__ import annotations

import argparse
import json
from typing import Any

import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot import mmd2
from mmseg_zeroshot.models import gather_feature_sets
from mmseg_zeroshot.models.losses.zs_mmd_loss import own_class_confidence
from mmseg_zeroshot.utils import atomic_write


def load(model: Any, checkpoint: str) -> Any:
    """Load a checkpoint of our own into a model; return it in eval mode."""
    stored = torch.load(checkpoint, map_location='cpu', weights_only=True)
    model.load_state_dict(stored['state_dict'])
    return model.eval()


@torch.no_grad()
def real_vectors(model: Any, loader: Any, num: int) -> dict[int, Tensor]:
    """Return (n, C) pixel features of each class of the test images."""
    found: dict[int, list[Tensor]] = {}
    for batch in loader:
        data = model.data_preprocessor(batch, False)
        labels = torch.stack([sample.gt_sem_seg.data
                              for sample in data['data_samples']])
        sets = gather_feature_sets(
            model.pixel_features(data['inputs']), labels, num,
            ignore_index=model.decode_head.ignore_index)
        if sets is not None:
            for class_id, vectors in zip(sets.class_ids.tolist(),
                                         sets.features):
                found.setdefault(class_id, []).append(vectors)
    return {class_id: torch.cat(parts) for class_id, parts in found.items()}


@torch.no_grad()
def drift(head: Any, real: dict[int, Tensor], num: int,
          tau: float) -> dict[str, float]:
    """Compare a head's generated vectors of unseen classes with real ones."""
    torch.manual_seed(0)
    ids = head.split.unseen_ids
    generated = head.train().generate(ids, num)  # with dropout, as in training
    seen = torch.stack([real[c].mean(0) for c in head.split.seen_ids
                        if c in real])
    sampled = torch.stack([
        real[c][torch.randint(len(real[c]), (num, ))] for c in ids])
    means = generated.mean(1)
    confidence = own_class_confidence(head.classify_vectors(generated),
                                      torch.tensor(ids))
    return dict(
        mmd2=mmd2(sampled, generated, head.generator.bandwidths).mean().item(),
        to_real=(means - sampled.mean(1)).norm(dim=1).mean().item(),
        to_seen=torch.cdist(means, seen).amin(1).mean().item(),
        real_to_seen=torch.cdist(sampled.mean(1),
                                 seen).amin(1).mean().item(),
        selected=100 * (confidence > tau).float().mean().item())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('config')
    parser.add_argument('checkpoints', nargs='+')
    parser.add_argument('--num', type=int, default=1000)
    parser.add_argument('--tau', type=float, default=.7)
    parser.add_argument('--json')
    args = parser.parse_args()
    torch.set_num_threads(1)
    cfg = Config.fromfile(args.config)
    init_default_scope('mmseg')
    model = MODELS.build(cfg.model)
    if not model.decode_head.split.held_out:
        parser.error(f'split {model.decode_head.split.name!r} has the real '
                     "unseen classes; take its '-cv' variant")
    loader = cfg.test_dataloader
    loader.update(num_workers=0, persistent_workers=False)
    real = real_vectors(load(model, args.checkpoints[0]),
                        Runner.build_dataloader(loader), num=64)
    rows = {name: drift(load(model, name).decode_head, real, args.num,
                        args.tau) for name in args.checkpoints}
    for name, row in rows.items():
        print(name, {key: round(value, 2) for key, value in row.items()})
    if args.json:
        with atomic_write(args.json, 'w') as file:
            json.dump(list(rows.values()), file, indent=1)


if __name__ == '__main__':
    main()
