"""Train, evaluate and look at zero-shot segmentation on embedded images.

    mmseg-zeroshot demo                   # one seed, in minutes on two cores
    mmseg-zeroshot demo --seeds 0 1 2     # mean and spread

Runs the recipe `zs3net_compositions` (see tools/run_recipe.py) and prints its
table. Writes `results.json`, `results.md` and `panel.png`: image, truth, and
predictions without zero-shot, of SPNet and of ZS3Net. Nothing is downloaded;
the images are drawn on first use.
"""
from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from mmseg.registry import DATASETS, MODELS

from mmseg_zeroshot.commands._arguments import make_parser
from mmseg_zeroshot.engine.recipes import Task, load_recipe, make_tasks
from mmseg_zeroshot.engine.recipes.recipe import fill_in, quiet
from mmseg_zeroshot.engine.recipes.state import environment, last_checkpoint
from mmseg_zeroshot.semantics import ClassSplit, build_split
from mmseg_zeroshot.utils.project import project_root
from mmseg_zeroshot.visualization import choose_images, save_panel

ROOT = project_root()
RECIPE = 'zs3net_compositions'
COLUMNS = {
    'seen': 'without zero-shot',
    'spnet': 'SPNet',
    'zs3net': 'ZS3Net'
}
"""Steps of the recipe whose predictions are shown, and their titles."""


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('--work-dir', type=Path,
                        default=Path('work_dirs/demo'))
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--rows', type=int, default=4,
                        help='images in the panel')
    return parser.parse_args(argv)


@torch.no_grad()
def predict(task: Task, samples: Sequence[dict]) -> list[np.ndarray]:
    """Segment samples with the model of a finished step.

    Args:
        task: The step.
        samples: As the test data set gives them.

    Returns:
        (H, W) class ids of each.
    """
    checkpoints = {name: path for name, given in task.inputs.items()
                   if (path := last_checkpoint(given))}
    variables = {key: fill_in(value, task, checkpoints)
                 for key, value in task.step.env.items()}
    init_default_scope('mmseg')
    with quiet(), environment(variables):
        config = Config.fromfile(task.root / task.step.config)
        model = MODELS.build(config.model).eval()
        load_checkpoint(model, str(last_checkpoint(task)), map_location='cpu')
    return [model.test_step(pseudo_collate([sample]))[0]
            .pred_sem_seg.data[0].cpu().numpy() for sample in samples]


def draw_panel(tasks: Sequence[Task], path: Path, count: int) -> None:
    """Draw images, truth and the predictions of the steps in `COLUMNS`.

    Args:
        tasks: The recipe's tasks of one seed.
        path: PNG file to write.
        count: Number of images.
    """
    steps = {task.step.name: task for task in tasks}
    with quiet():
        config = Config.fromfile(ROOT / steps['spnet'].step.config)
    split = build_split(config.test_dataloader.dataset.split)
    dataset = DATASETS.build(config.test_dataloader.dataset)
    labels = [_truth(dataset[i]) for i in range(len(dataset))]
    chosen = choose_images(labels, split.unseen_ids, count)
    samples = [dataset[i] for i in chosen]
    maps = [predict(steps[name], samples) for name in COLUMNS]
    rows = [[_rgb(sample), _truth(sample), *predictions]
            for sample, *predictions in zip(samples, *maps)]
    _save(path, rows, split)


def _save(path: Path, rows: Sequence[Sequence[np.ndarray]],
          split: ClassSplit) -> None:
    save_panel(path, rows, classes=split.classes, unseen=split.unseen,
               titles=('image', 'truth', *COLUMNS.values()))


def _truth(sample: dict) -> np.ndarray:
    return sample['data_samples'].gt_sem_seg.data[0].numpy()


def _rgb(sample: dict) -> np.ndarray:
    return sample['inputs'].permute(1, 2, 0).numpy()[..., ::-1]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or that of the recipe after its error message.
    """
    args = parse_args(argv)
    code = subprocess.call([
        sys.executable, str(ROOT / 'tools' / 'run_recipe.py'), RECIPE,
        '--work-dir', str(args.work_dir), '--seeds', *map(str, args.seeds)])
    if code:
        return code
    tasks = make_tasks(load_recipe(RECIPE, ROOT), args.seeds[:1],
                       args.work_dir)
    path = args.work_dir / 'panel.png'
    draw_panel(tasks, path, args.rows)
    print(f'written to {path}')
    return 0
