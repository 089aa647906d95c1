"""Zero-shot image classification on given features (SPNet, table 4).

Examples:
    # CUB, SUN or AWA in the usual files: SPNet's loss and ALE, three seeds
    mmseg-zeroshot zsl-classification AWA2/res101.mat AWA2/att_splits.mat \
        --name AWA2 --seeds 0 1 2 --out work_dirs/awa2
    # also choose the learning rate on the validation classes
    mmseg-zeroshot zsl-classification … --lr 0.0003 0.001 0.003

Epochs, learning rate and gamma are chosen on the files' validation classes, by
a training without them; then the classifier is trained anew on all seen
classes. No label of an unseen class is used.

Writes `results.json` (a record for each method and seed), `results.md` (the
table) and a picture of each method's validation curve over gamma.
"""
from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import torch

from mmseg_zeroshot.classification.bilinear import (
    CLASSIFICATION_LOSSES,
    BilinearClassifier,
)
from mmseg_zeroshot.classification.features import (
    AttributeFeatures,
    load_attribute_features,
)
from mmseg_zeroshot.classification.scores import (
    best_harmonic,
    calibrated_top1,
    zsl_top1,
)
from mmseg_zeroshot.classification.training import train_epochs
from mmseg_zeroshot.commands._arguments import make_parser
from mmseg_zeroshot.utils import atomic_write, exit_code
from mmseg_zeroshot.utils.tables import percent, text_table
from mmseg_zeroshot.visualization import save_curves

METHODS = dict(spnet='SPNet', ale='ALE')
GAMMAS = np.linspace(0, 1, 101)
HELD_OUT = 0.2
"""Share of the training images that are scored as seen ones on validation."""
COLUMNS = (('ZSL', 'zsl', None), ('Seen', 'gzsl', 'seen'),
           ('Unseen', 'gzsl', 'unseen'), ('H', 'gzsl', 'harmonic'),
           ('gamma', 'calibrated', 'gamma'), ('Seen', 'calibrated', 'seen'),
           ('Unseen', 'calibrated', 'unseen'),
           ('H', 'calibrated', 'harmonic'))


@dataclass(frozen=True)
class Choice:
    """What the validation classes chose, and how they scored."""

    lr: float
    epochs: int
    gamma: float
    zsl: float
    curve: list[dict[str, float]]


class Progress:
    """A line every five seconds with the rate and the time left."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.start = self.shown = time.monotonic()

    def step(self, text: str) -> None:
        """Count an epoch."""
        self.done += 1
        now = time.monotonic()
        if now - self.shown < 5:
            return
        self.shown, rate = now, self.done / (now - self.start)
        print(f'{text}: epoch {self.done} of at most {self.total}, '
              f'{rate:.1f} per second, at most '
              f'{(self.total - self.done) / rate:.0f} s left', flush=True)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read and check the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('features', help='res101.mat')
    parser.add_argument('splits', help='att_splits.mat')
    parser.add_argument('--name', help='name of the data in the table '
                        '(default: the folder of the features)')
    parser.add_argument('--loss', nargs='+', choices=list(METHODS),
                        default=list(METHODS))
    parser.add_argument('--epochs', type=int, default=30,
                        help='at most; fewer if validation says so')
    parser.add_argument('--lr', type=float, nargs='+', default=[0.001],
                        help='learning rates to choose from')
    parser.add_argument('--batch-size', type=int, default=512)
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--out', type=Path,
                        default=Path('work_dirs/zsl_classification'))
    args = parser.parse_args(argv)
    for name in ('epochs', 'batch_size'):
        if getattr(args, name) < 1:
            parser.error(f'--{name.replace("_", "-")} must be at least 1, '
                         f'got {getattr(args, name)}')
    if not all(0 < lr < float('inf') for lr in args.lr):
        parser.error(f'--lr must be positive, got {args.lr}')
    for name in ('seeds', 'loss'):
        if len(set(getattr(args, name))) < len(getattr(args, name)):
            parser.error(f'--{name} names one twice: {getattr(args, name)}')
    return args


class Experiment:
    """Trains one method on parts of the data.

    Args:
        data: The data.
        loss: Name of the loss.
        seed: Of weights, order of images and the held-out ones.
        args: The command line.
        progress: Told of every epoch.
    """

    def __init__(self, data: AttributeFeatures, loss: str, seed: int,
                 args: argparse.Namespace, progress: Progress) -> None:
        self.data, self.loss, self.seed = data, loss, seed
        self.args, self.progress = args, progress
        self.features = torch.from_numpy(data.features).to(args.device)
        self.vectors = torch.from_numpy(data.attributes).to(args.device)

    def train(self, indices: np.ndarray, lr: float, epochs: int) -> Any:
        """Yield the model after every epoch on some images."""
        torch.manual_seed(self.seed)
        model = BilinearClassifier(
            self.features.shape[1], self.vectors).to(self.args.device)
        labels = torch.from_numpy(self.data.labels[indices])
        for _ in train_epochs(
                model, CLASSIFICATION_LOSSES[self.loss],
                self.features[torch.from_numpy(indices)],
                labels.to(self.args.device), labels.unique().to(
                    self.args.device), epochs=epochs, lr=lr,
                batch_size=self.args.batch_size, seed=self.seed):
            self.progress.step(f'{METHODS[self.loss]}, seed {self.seed}')
            yield model

    def scores(self, model: BilinearClassifier,
               indices: np.ndarray) -> np.ndarray:
        """Return the (N, C) scores of some images."""
        with torch.no_grad():
            return model(
                self.features[torch.from_numpy(indices)]).cpu().numpy()

    def choose(self) -> Choice:
        """Train without the validation classes and score on them."""
        data = self.data
        order = np.random.default_rng(self.seed).permutation(data.train)
        held = max(1, round(HELD_OUT * len(order)))
        kept = np.sort(order[held:])
        seen, unseen = np.unique(data.labels[kept]), data.validation
        # An image of a class that is left out as a whole cannot be right.
        shown = order[:held][np.isin(data.labels[order[:held]], seen)]
        if not len(shown):
            raise ValueError('train_loc has too few images per class: no '
                             'class has one to train on and one to score')
        best: Choice | None = None
        for lr in self.args.lr:
            models = self.train(kept, lr, self.args.epochs)
            for epoch, model in enumerate(models, 1):
                scores = self.scores(model, data.val)
                zsl = zsl_top1(scores, data.labels[data.val], unseen)
                if best is None or zsl > best.zsl:
                    every = np.concatenate([scores, self.scores(
                        model, shown)])
                    curve = self.curve(
                        every, np.concatenate([data.val, shown]), seen,
                        unseen, GAMMAS)
                    best = Choice(lr, epoch, best_harmonic(curve)['gamma'],
                                  zsl, curve)
        assert best is not None
        return best

    def curve(self, scores: np.ndarray, indices: np.ndarray,
              seen: np.ndarray, unseen: np.ndarray,
              gammas: Sequence[float] | np.ndarray) -> list[dict]:
        """Score with the softmax over the classes that compete."""
        ids = np.union1d(seen, unseen)
        probabilities = np.zeros_like(scores)
        probabilities[:, ids] = torch.from_numpy(
            scores[:, ids]).softmax(1).numpy()
        return calibrated_top1(
            probabilities, self.data.labels[indices], seen=seen,
            unseen=unseen, gammas=gammas)

    def run(self) -> tuple[dict[str, Any], list[dict[str, float]]]:
        """Choose, train on all seen classes, test; return both records."""
        data, choice = self.data, self.choose()
        *_, model = self.train(data.trainval, choice.lr, choice.epochs)
        indices = np.concatenate([data.test_seen, data.test_unseen])
        scores = self.scores(model, indices)
        plain, calibrated = self.curve(
            scores, indices, data.seen, data.unseen,
            [0., choice.gamma])
        record = dict(
            method=METHODS[self.loss], supervision='strict', seed=self.seed,
            lr=choice.lr, epochs=choice.epochs,
            chosen_on='validation classes', validation_zsl=choice.zsl,
            zsl=zsl_top1(scores[len(data.test_seen):],
                         data.labels[data.test_unseen], data.unseen),
            gzsl=plain, calibrated=calibrated)
        return record, choice.curve


def summary(records: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Return the rows of the table: mean ± sample standard deviation."""
    rows = [['Method', 'Seeds', 'ZSL', 'Seen', 'Unseen', 'H', 'gamma',
             'Seen, calibrated', 'Unseen, calibrated', 'H, calibrated']]
    for method in dict.fromkeys(record['method'] for record in records):
        group = [r for r in records if r['method'] == method]
        rows.append([method, str(len(group)), *(
            _cell([r[key] if part is None else r[key][part] for r in group],
                  part) for _, key, part in COLUMNS)])
    return rows


def _cell(values: list[float], part: str | None) -> str:
    text = (lambda value: f'{value:.2f}') if part == 'gamma' else percent
    if len(values) < 2:
        return text(values[0])
    return f'{text(mean(values))} ± {text(stdev(values))}'


def write_outputs(folder: Path, name: str, records: Sequence[dict[str, Any]],
                  curves: dict[str, list[list[dict[str, float]]]]) -> None:
    """Write the records, the table and the pictures.

    Args:
        folder: Where to.
        name: Name of the data.
        records: One for each method and seed.
        curves: For each method the validation curves of its seeds.
    """
    with atomic_write(folder / 'results.json', 'w') as file:
        json.dump(list(records), file, indent=1, allow_nan=False)
    header, *body = summary(records)
    lines = [header, [':--'] + ['--:'] * (len(header) - 1), *body]
    with atomic_write(folder / 'results.md', 'w') as file:
        file.write(f'{name}: top-1 per class in percent, '
                   'supervision strict\n\n')
        file.writelines(f'| {" | ".join(line)} |\n' for line in lines)
    for loss, tables in curves.items():
        save_curves(
            folder / f'{loss}_gamma.png',
            {part: {row['gamma']: [table[i][part] for table in tables]
                    for i, row in enumerate(tables[0])}
             for part in ('seen', 'unseen', 'harmonic')},
            xlabel='gamma', ylabel='top-1 per class (%)',
            title=f'{METHODS[loss]} on {name}, validation classes')


def run(args: argparse.Namespace) -> list[dict[str, Any]]:
    """Do what the arguments say.

    Args:
        args: What :func:`parse_args` returns.

    Returns:
        The records.
    """
    data = load_attribute_features(args.features, args.splits)
    name = args.name or Path(args.features).resolve().parent.name
    print(f'{name}: {len(data.labels)} images, {len(data.seen)} seen classes '
          f'({len(data.validation)} of them for validation), '
          f'{len(data.unseen)} unseen')
    progress = Progress(len(args.loss) * len(args.seeds) * args.epochs * (
        len(args.lr) + 1))
    records: list[dict[str, Any]] = []
    curves: dict[str, list[list[dict[str, float]]]] = {}
    for loss in args.loss:
        curves[loss] = []
        for seed in args.seeds:
            record, curve = Experiment(
                data, loss, seed, args, progress).run()
            records.append(dict(dataset=name, **record))
            curves[loss].append(curve)
    write_outputs(args.out, name, records, curves)
    print('\n' + text_table(summary(records)))
    print(f'written to {args.out}')
    return records


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; those of the process by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)))
