#!/usr/bin/env bash
# With max_keep_ckpts=1 a kill while saving leaves no checkpoint at all.
#
# Versions:   onedl-mmengine 0.10.12, torch 2.13.0, Python 3.10 to 3.12
# Input:      4 iterations, CheckpointHook(interval=2), stopped in the second
#             save, as a time limit or a full disk does
# Expected:   the checkpoint of iteration 2 is there until that of iteration 4
#             has been written
# Seen:       max_keep_ckpts=1: no checkpoint is left, and `last_checkpoint`
#             names iter_2.pth, which is gone
#             max_keep_ckpts=2: iter_2.pth is there
# Why:        the hook removes what would be one too many before it saves
# Meets one:  who keeps one checkpoint to save space
#
# Exit 0: behaves as above. Exit 1: it does not any more. Exit 2: no set-up.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
        onedl-mmengine==0.10.12 torch==2.13.0 setuptools==80.9.0 \
        opencv-python-headless==4.13.0.92
} >&2 || exit 2

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from pathlib import Path

import mmengine
import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import Dataset


class Numbers(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return dict(inputs=torch.full((1, ), float(index)))


class Line(BaseModel):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, inputs, mode='tensor'):
        return dict(loss=self.layer(torch.stack(inputs)).square().mean())


class StopInSecondSave(Hook):
    """Stands for the kill."""

    saves = 0

    def before_save_checkpoint(self, runner, checkpoint):
        self.saves += 1
        if self.saves == 2:
            raise InterruptedError


def left_by(kept):
    """Return the checkpoints that are left, and what the note names."""
    work_dir = Path(f'kept_{kept}')
    runner = Runner(
        model=Line(), work_dir=str(work_dir),
        train_dataloader=dict(
            dataset=Numbers(), batch_size=2, num_workers=0,
            sampler=dict(type='InfiniteSampler', shuffle=False)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
        train_cfg=dict(by_epoch=False, max_iters=4),
        custom_hooks=[StopInSecondSave()],
        default_hooks=dict(checkpoint=dict(
            type='CheckpointHook', by_epoch=False, interval=2,
            max_keep_ckpts=kept)),
        log_level='ERROR', experiment_name=work_dir.name)
    try:
        runner.train()
    except InterruptedError:
        pass
    noted = Path((work_dir / 'last_checkpoint').read_text()).name
    return sorted(path.name for path in work_dir.glob('*.pth')), noted


print('mmengine', mmengine.__version__, 'torch', torch.__version__)
expected = {1: ([], 'iter_2.pth'), 2: (['iter_2.pth'], 'iter_2.pth')}
seen = {kept: left_by(kept) for kept in expected}
for kept, (names, noted) in seen.items():
    print(f'max_keep_ckpts={kept}: left {names}, last_checkpoint names',
          noted)
if seen != expected:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
