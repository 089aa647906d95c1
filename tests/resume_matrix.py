"""Kill every stage, resume it, and compare it with a run in one go.

    python -m tests.resume_matrix [--cases NAME ...] [--workers 0 2]
        [--processes 1 2] [--seed 0]

Prints a row for each case, number of loader workers and number of processes,
and ends with an error if a bit differs. A run is killed (SIGKILL, all its
processes) at a random moment after its first checkpoint. Weights, optimizer,
schedule and what recursion remembers must then end as in the whole run.
"""
from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
import torch._dynamo  # an optimizer imports it, here once for all runs
from mmengine.config import Config

import mmseg_zeroshot.registered  # noqa: F401
from mmseg_zeroshot._stack import run_mmseg_tool
from mmseg_zeroshot.commands import build_feature_bank, pseudo_label
from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive

from .conftest import leave_unformatted
from .test_distributed import free_port, run_rank
from .tiny_voc import RECIPE, seen_only, spnet, write_folder

ROOT = Path(__file__).resolve().parents[1]
# A validation between the checkpoints draws random numbers, too.
STEPS, EVERY, VALIDATED = 4, 2, 3
VAL = 'ImageSets/Segmentation/val.txt'
KEPT = ('state_dict', 'optimizer', 'param_schedulers', 'run_state')
FORK = multiprocessing.get_context('fork')


class Folder(NamedTuple):
    """Where the data and the stages that others start from are."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / 'data'

    def last(self, name: str) -> str:
        return str(self.root / name / f'iter_{STEPS}.pth')

    def plain(self, name: str, recipe: str = RECIPE) -> Config:
        base = seen_only(self.data, ROOT, self.root / name, 'ignore')
        return derive(base, Config.fromfile(ROOT / recipe))

    def projection(self, name: str) -> Config:
        return spnet(self.data, ROOT, self.root / name, 'ignore')

    def generator(self, name: str, recipe: str = RECIPE) -> Config:
        base = self.plain(name, recipe)
        return derive(base, stages.zs3net_generator(
            base, load_from=self.last('seen'), bank=str(self.root / 'bank'),
            max_vectors=128, batch_size=4, iterations=STEPS))

    def classifier(self, name: str, recipe: str = RECIPE) -> Config:
        base = self.generator(name, recipe)
        return derive(base, stages.zs3net_classifier(
            base, load_from=self.last(
                'generator' if recipe == RECIPE else 'gan generator'),
            iterations=STEPS))

    def joint(self, name: str) -> Config:
        base = self.plain(name)
        return derive(base, stages.zs3net_joint(
            base, load_from=self.last('seen'), iterations=STEPS))

    def recursive(self, base: Config, **options: Any) -> Config:
        """Recursion that selects something from its second step on."""
        change = stages.recursive(base, start=0, **options)
        change['model']['decode_head']['recursion'].update(
            tau=.01, gamma=5.)
        return derive(base, change)

    def graph_generator(self, name: str) -> Config:
        base = self.generator(name)
        return derive(base, stages.graph_generator(base))

    def graph_classifier(self, name: str) -> Config:
        base = self.graph_generator(name)
        return derive(base, stages.graph_classifier(
            base, load_from=self.last('graph generator'), iterations=STEPS))

    def self_training(self, name: str) -> Config:
        base = self.plain(name)
        change = stages.self_training(
            base, load_from=self.last('joint'),
            pseudo_labels=str(self.root / 'labels'), percent=50.)
        # The model is hardly trained: without it no pixel gets a label.
        change['model']['decode_head']['gamma'] = 1.
        return derive(base, change)

    def few_label(self, name: str) -> Config:
        base = self.projection(name)
        return derive(base, stages.few_label(
            base, load_from=self.last('spnet'), num_images=2,
            manifest=str(self.root / 'few.json')))


GAN = RECIPE.replace('strict', 'gan')
CASES: dict[str, Callable[[Folder, str], Config]] = {
    'seen': Folder.plain,
    'spnet': Folder.projection,
    'devise': lambda folder, name: _projected(folder, name, stages.devise),
    'ale': lambda folder, name: _projected(folder, name, stages.ale),
    'hvsl': lambda folder, name: _projected(folder, name, stages.hvsl),
    'generator': Folder.generator,
    'classifier': Folder.classifier,
    'gan generator': lambda folder, name: folder.generator(name, GAN),
    'gan classifier': lambda folder, name: folder.classifier(name, GAN),
    'joint': Folder.joint,
    'zs-mmd on the bank': lambda folder, name: folder.recursive(
        folder.classifier(name), iterations=STEPS),
    'zs-mmd on images': lambda folder, name: folder.recursive(
        folder.joint(name)),
    'graph generator': Folder.graph_generator,
    'graph classifier': Folder.graph_classifier,
    'self-training': Folder.self_training,
    'few-label': Folder.few_label,
}
# What a case starts from: other cases, and what a command makes.
NEEDS = {
    'generator': ['seen', 'bank'], 'gan generator': ['seen', 'bank'],
    'graph generator': ['seen', 'bank'], 'joint': ['seen'],
    'classifier': ['generator'], 'zs-mmd on the bank': ['generator'],
    'gan classifier': ['gan generator'], 'zs-mmd on images': ['seen'],
    'graph classifier': ['graph generator'],
    'self-training': ['joint', 'labels'], 'few-label': ['spnet'],
}


def _projected(folder: Folder, name: str, stage: Callable) -> Config:
    base = folder.projection(name)
    return derive(base, stage(base))


def config_of(folder: Folder, case: str, work: Path, workers: int) -> Config:
    """The config of a run of a case, to be trained in a folder."""
    config = CASES[case](folder, case)
    config.work_dir = str(work)
    config.train_dataloader.update(
        num_workers=workers, persistent_workers=workers > 0)
    config.train_cfg.update(max_iters=STEPS, val_interval=VALIDATED)
    if 'generator' not in case:  # it leaves nothing to validate
        config.train_cfg.val_begin = 1
    config.val_dataloader.dataset.dataset.ann_file = VAL
    config.default_hooks.checkpoint.interval = EVERY
    config.default_hooks.visualization.panel_images = 0
    config.log_level = 'ERROR'
    path = work.with_suffix('.py')
    config.dump(str(path))
    return Config.fromfile(path, format_python_code=False)


def start(config: Config, processes: int) -> list[multiprocessing.Process]:
    """Train in processes of their own, which go on where a run stopped."""
    path = config.filename
    if processes == 1:
        started = [FORK.Process(target=_train, args=(path, ))]
    else:
        port = free_port()
        started = [FORK.Process(target=_train_rank,
                                args=(rank, processes, port, path))
                   for rank in range(processes)]
    for process in started:
        process.start()
    return started


def _train(path: str) -> None:
    torch.set_num_threads(1)
    run_mmseg_tool('train.py', [path, '--resume'])


def _train_rank(rank: int, world: int, port: int, path: str) -> None:
    Path(path).with_suffix(f'.{rank}.py').write_text(
        f'_base_ = {path!r}\nresume = True\n')
    run_rank(rank, world, port,
             str(Path(path).with_suffix(f'.{rank}.py')))


def finish(started: list[multiprocessing.Process]) -> None:
    for process in started:
        process.join()
    codes = [process.exitcode for process in started]
    if any(codes):
        raise RuntimeError(f'training ended with {codes}')


def kill(started: list[multiprocessing.Process], work: Path,
         wait: float) -> int:
    """Kill a run some time after its first checkpoint; say what it had."""
    pointer = work / 'last_checkpoint'
    while not (pointer.exists() and pointer.read_text()):
        if not all(process.is_alive() for process in started):
            finish(started)
        time.sleep(.005)
    time.sleep(wait)
    for process in started:
        os.kill(process.pid, signal.SIGKILL)
    for process in started:
        process.join()
    return int(Path(pointer.read_text()).stem.removeprefix('iter_'))


def differing(one: Any, other: Any, place: str = '') -> Iterator[str]:
    """Yield where two nested values are not bit for bit equal."""
    if type(one) is not type(other):
        yield place
    elif isinstance(one, torch.Tensor):
        same = one.dtype == other.dtype and torch.equal(one, other)
        yield from [] if same else [place]
    elif isinstance(one, dict):
        if one.keys() != other.keys():
            yield place
        for key in one.keys() & other.keys():
            yield from differing(one[key], other[key], f'{place}.{key}')
    elif isinstance(one, (list, tuple)):
        if len(one) != len(other):
            yield place
        for number, pair in enumerate(zip(one, other)):
            yield from differing(*pair, f'{place}.{number}')
    elif one != other:
        yield place


def compared(one: Path, other: Path) -> list[str]:
    """Return where two runs' last checkpoints differ."""
    checkpoints = [torch.load(path / f'iter_{STEPS}.pth', weights_only=False)
                   for path in (one, other)]
    found, others = ({key: checkpoint.get(key) for key in KEPT}
                     for checkpoint in checkpoints)
    return sorted(differing(found, others))


def prepare(folder: Folder, name: str) -> None:
    """Make what a case starts from, unless it is there."""
    for needed in NEEDS.get(name, []):
        prepare(folder, needed)
    if (folder.root / name).exists():
        return
    if name == 'bank':
        _command(build_feature_bank, folder, 'graph generator', 'seen',
                 '--device', 'cpu')
    elif name == 'labels':
        _command(pseudo_label, folder, 'self-training', 'joint')
    elif name in CASES:
        finish(start(config_of(folder, name, folder.root / name, 0), 1))


def _command(command: Any, folder: Folder, case: str, start_of: str,
             *options: str) -> None:
    config = config_of(folder, case, folder.root / f'for-{command.__name__}',
                       0)
    process = FORK.Process(target=_call, args=(command, [
        config.filename, folder.last(start_of), *options]))
    process.start()
    finish([process])


def _call(command: Any, arguments: list[str]) -> None:
    sys.exit(command.main(arguments))


def row(folder: Folder, case: str, workers: int, processes: int,
        wait: float) -> bool:
    """Check one cell, and print it."""
    for needed in NEEDS.get(case, []):
        prepare(folder, needed)
    name = f'{case}-{workers}-{processes}'.replace(' ', '_')
    works = [folder.root / 'runs' / f'{name}-{kind}'
             for kind in ('whole', 'killed')]
    whole, killed = (config_of(folder, case, work, workers)
                     for work in works)
    finish(start(whole, processes))
    stopped = kill(start(killed, processes), works[1], wait)
    finish(start(killed, processes))
    places = compared(*works)
    outcome = 'equal' if not places else f'{len(places)} differ: {places[0]}'
    print(f'| {case} | {workers} | {processes} | {stopped} of {STEPS} | '
          f'{outcome} |', flush=True)
    return not places


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--cases', nargs='+', choices=CASES, default=[*CASES])
    parser.add_argument('--workers', nargs='+', type=int, default=[0, 2])
    parser.add_argument('--processes', nargs='+', type=int, default=[1, 2])
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    moments = random.Random(args.seed)
    print('| stage | workers | processes | killed after | bits |\n'
          '| :-- | --: | --: | --: | :-- |', flush=True)
    with (tempfile.TemporaryDirectory() as root,
          pytest.MonkeyPatch.context() as patch):
        leave_unformatted(patch)
        folder = Folder(Path(root))
        write_folder(folder.data)
        (folder.data / VAL).write_text('image_6')
        (folder.root / 'runs').mkdir()
        passed = [row(folder, case, workers, processes,
                      moments.uniform(0, .5))
                  for case in args.cases for workers in args.workers
                  for processes in args.processes]
    return 0 if all(passed) else 1


if __name__ == '__main__':
    sys.exit(main())
