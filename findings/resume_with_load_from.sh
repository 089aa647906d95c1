#!/usr/bin/env bash
# resume=True beside load_from forgets the run's own checkpoints.
#
# Versions:   onedl-mmengine 0.10.12, torch 2.13.0, Python 3.10 to 3.12
# Input:      a second training with load_from=FIRST/iter_4.pth, stopped after
#             iteration 2 of 4 with a checkpoint of its own, then run again
#             with resume=True and the same config (what --resume does)
# Expected:   it goes on from its own iteration 2
# Seen:       it resumes FIRST/iter_4.pth, iteration number and optimizer
#             included, trains nothing, and ends as a success. After it the
#             weights are the first training's
# Why:        load_from beside resume is read as the checkpoint to resume; the
#             work dir is looked at only where load_from is None
# Meets one:  who trains in stages, each from the one before, and sends a job
#             again that was cut off
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


class Count(Hook):
    """Counts iterations; ends the run after one of them."""

    def __init__(self, stop_after):
        self.iterations, self.stop_after = 0, stop_after

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if self.iterations == self.stop_after:
            raise InterruptedError
        self.iterations += 1


def train(work_dir, name, *, load_from=None, resume=False, stop_after=None):
    """Train for four iterations; return the runner and how many were made."""
    count = Count(stop_after)
    runner = Runner(
        model=Line(), work_dir=work_dir, load_from=load_from, resume=resume,
        train_dataloader=dict(
            dataset=Numbers(), batch_size=2, num_workers=0,
            sampler=dict(type='InfiniteSampler', shuffle=False)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
        train_cfg=dict(by_epoch=False, max_iters=4), custom_hooks=[count],
        default_hooks=dict(checkpoint=dict(
            type='CheckpointHook', by_epoch=False, interval=2)),
        log_level='ERROR', experiment_name=name)
    try:
        runner.train()
    except InterruptedError:
        pass
    return runner, count.iterations


first, _ = train('first', 'first')
train('second', 'stopped', load_from='first/iter_4.pth', stop_after=2)
resumed, made = train('second', 'resumed', load_from='first/iter_4.pth',
                      resume=True)
same = all(torch.equal(one, two) for one, two in zip(
    first.model.state_dict().values(), resumed.model.state_dict().values()))

print('mmengine', mmengine.__version__, 'torch', torch.__version__)
print('iterations of the resumed run:', made, '(two were left)')
print("its weights are the first training's:", same)
if made != 0 or not same:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
