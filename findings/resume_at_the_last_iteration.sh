#!/usr/bin/env bash
# A training killed in its last validation is never validated.
#
# Versions:   onedl-mmengine 0.10.12, torch 2.13.0, Python 3.10 to 3.12
# Input:      4 iterations, a checkpoint and a validation every 2 of them, by
#             MMEngine's own Runner, hooks and loops
# Expected:   --resume (resume=True) after a kill in the last validation makes
#             the validation that is missing
# Seen:       the checkpoint of iteration 4 is on the disk before the
#             validation begins; the resumed run loads it, has no iteration
#             left, validates nothing and ends as a success. A kill in the
#             validation at iteration 2 loses that validation alike
# Why:        CheckpointHook acts in after_train_iter, and the loop validates
#             after that, only in an iteration that it has just trained
# Meets one:  whose long validation is cut off by a time limit: the job ends
#             well when it is sent again, and the last scores are those of an
#             earlier iteration, or none
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
from mmengine.evaluator import BaseMetric, Evaluator
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
        out = self.layer(torch.stack(inputs))
        return dict(loss=out.square().mean()) if mode == 'loss' else [out]


class Stopped(Exception):
    """Stands for the kill."""


class Count(BaseMetric):
    """Counts validations; ends the process's run in one of them."""

    def __init__(self, stop_in):
        super().__init__()
        self.validations, self.stop_in = 0, stop_in

    def process(self, data_batch, data_samples):
        if self.validations + 1 == self.stop_in:
            raise Stopped
        self.results.append(1)

    def compute_metrics(self, results):
        self.validations += 1
        return dict(count=len(results))


def loader(kind):
    return dict(dataset=Numbers(), batch_size=2, num_workers=0,
                sampler=dict(type=kind, shuffle=False))


def runner(work_dir, stop_in, resume):
    return Runner(
        model=Line(), work_dir=str(work_dir), resume=resume,
        train_dataloader=loader('InfiniteSampler'),
        val_dataloader=loader('DefaultSampler'),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
        train_cfg=dict(by_epoch=False, max_iters=4, val_interval=2),
        val_cfg=dict(), val_evaluator=Evaluator(Count(stop_in)),
        default_hooks=dict(checkpoint=dict(
            type='CheckpointHook', by_epoch=False, interval=2)),
        log_level='ERROR', experiment_name=f'{work_dir.name}{resume}')


def validations_after_a_stop_in(number):
    """Stop in a validation, resume, and count the validations then made."""
    work_dir = Path(f'stopped_in_{number}')
    try:
        runner(work_dir, stop_in=number, resume=False).train()
    except Stopped:
        pass
    resumed = runner(work_dir, stop_in=None, resume=True)
    resumed.train()
    return resumed.val_evaluator.metrics[0].validations


print('mmengine', mmengine.__version__, 'torch', torch.__version__)
expected = {1: 1, 2: 0}
seen = {number: validations_after_a_stop_in(number) for number in expected}
for number, count in seen.items():
    print(f'stopped in validation {number} of 2: the resumed run validates '
          f'{count} times')
if seen != expected:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
