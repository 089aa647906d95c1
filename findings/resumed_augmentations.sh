#!/usr/bin/env bash
# A resumed training repeats the random numbers of its first iterations.
#
# Versions:   onedl-mmengine 0.10.12, torch 2.13.0, Python 3.10 to 3.12
# Input:      4 iterations in one go, and 2 + resume, of the same seed; the
#             data set draws a number for each sample, as a random crop does
# Expected:   iterations 3 and 4 of the resumed run get the images and the
#             numbers of the uninterrupted one
# Seen:       they get its images, with the numbers of iterations 1 and 2; so
#             with no worker and with two
# Why:        InfiniteSampler skips the indices of what was trained on, nothing
#             is drawn for them, and no generator's state is in a checkpoint
# Meets one:  whose job is cut off and sent again: the weights are not those of
#             an uninterrupted run, and a run that is cut off often sees the
#             same few augmentations over and over
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
import random
import sys

import mmengine
import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import Dataset


class Drawn(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return dict(inputs=torch.ones(1), index=index,
                    number=round(random.random(), 6))


class Line(BaseModel):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, inputs, index=None, number=None, mode='tensor'):
        return dict(loss=self.layer(torch.stack(inputs)).square().mean())


class Note(Hook):
    def __init__(self):
        self.indices, self.numbers = [], []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.indices.append(data_batch['index'])
        self.numbers.append(data_batch['number'])


class Stop(Hook):
    def after_train_iter(self, runner, batch_idx, data_batch=None,
                         outputs=None):
        if runner.iter == 1:
            raise InterruptedError


def train(work_dir, workers, *, stop=False, resume=False):
    note = Note()
    runner = Runner(
        model=Line(), work_dir=work_dir, resume=resume,
        train_dataloader=dict(
            dataset=Drawn(), batch_size=2, num_workers=workers,
            sampler=dict(type='InfiniteSampler', shuffle=True)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
        train_cfg=dict(by_epoch=False, max_iters=4),
        custom_hooks=[note, dict(type=Stop, priority='LOWEST')]
        if stop else [note],
        default_hooks=dict(checkpoint=dict(
            type='CheckpointHook', by_epoch=False, interval=2)),
        randomness=dict(seed=0), log_level='ERROR',
        experiment_name=f'{work_dir}{stop}{resume}')
    try:
        runner.train()
    except InterruptedError:
        pass
    return note


print('mmengine', mmengine.__version__, 'torch', torch.__version__)
held = True
for workers in (0, 2):
    whole = train(f'whole_{workers}', workers)
    train(f'resumed_{workers}', workers, stop=True)
    rest = train(f'resumed_{workers}', workers, resume=True)
    print(f'{workers} workers')
    print('  images:  whole', whole.indices, 'resumed', rest.indices)
    print('  numbers: whole', whole.numbers)
    print('           resumed', rest.numbers)
    held &= rest.indices == whole.indices[2:]
    held &= rest.numbers == whole.numbers[:2] != whole.numbers[2:]
if not held:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
