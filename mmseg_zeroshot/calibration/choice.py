"""Gamma chosen for a config and a checkpoint, from loading to writing."""
from __future__ import annotations

from pathlib import Path

from mmengine.config import Config

from mmseg_zeroshot.engine.hooks.runner_access import head_split
from mmseg_zeroshot.evaluation import GammaCurve
from mmseg_zeroshot.loading import load_runner

from .curve import measure_curve
from .oracle import oracle_lines
from .outputs import write_outputs, write_record
from .roles import check_role, check_training


def choose_gamma(config: Config, checkpoint: str, folder: Path, *,
                 role: str = 'validation') -> GammaCurve:
    """Choose gamma on a config's val set and write what was found.

    Args:
        config: With a zero-shot head; its ``work_dir`` and ``load_from`` are
            set.
        checkpoint: File of the weights.
        folder: Where the outputs go.
        role: What the split's unseen classes are, one of ``ROLES``.

    Returns:
        The finished curve; ``best()`` is what was chosen.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: Model, data and role do not fit together.
    """
    config.work_dir, config.load_from = str(folder / 'run'), checkpoint
    runner, stored = load_runner(config, checkpoint)
    split = check_role(head_split(runner.model), role)
    check_training(stored, split, checkpoint)
    loader = runner.build_dataloader(config.val_dataloader)
    curve = measure_curve(runner, split, loader)
    write_outputs(folder, curve, role=role, checkpoint=checkpoint,
                  lines=oracle_lines(config))
    write_record(folder, runner, loader, curve, role)
    return curve
