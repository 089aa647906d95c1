#!/usr/bin/env bash
# A warm-up of one iteration never ends.
#
# Versions:   onedl-mmengine 0.10.12, torch 2.13.0, Python 3.10 to 3.12
# Input:      LinearLR(start_factor=0.01, begin=0, end=N, by_epoch=False) on
#             an SGD of lr 1.0, a schedule that MMEngine accepts in silence
# Expected:   after N iterations the rate is 1.0, as with every longer N
# Seen:       N = 1: the rate stays 0.01 for the whole training
#             N = 2: 0.01, 1.0, 1.0 ...   N = 3: 0.01, 0.505, 1.0 ...
# Why:        the factor rises in N - 1 steps; of one iteration there is none,
#             so nothing ever multiplies the rate back up
# Meets one:  who scales a schedule down to a short run (N = iterations // 100)
#             and finds a network that learns a hundred times too slowly
#
# Exit 0: behaves as above. Exit 1: it does not any more. Exit 2: no set-up.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
        onedl-mmengine==0.10.12 torch==2.13.0 setuptools==80.9.0
} >&2 || exit 2

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import mmengine
import torch
from mmengine.optim.scheduler import LinearLR


def rates(length, iterations=6):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    warm_up = LinearLR(optimizer, start_factor=0.01, begin=0, end=length,
                       by_epoch=False)
    seen = []
    for _ in range(iterations):
        seen.append(round(optimizer.param_groups[0]['lr'], 4))
        optimizer.step()
        warm_up.step()
    return seen


expected = {
    1: [0.01] * 6,
    2: [0.01] + [1.0] * 5,
    3: [0.01, 0.505] + [1.0] * 4,
}
print('mmengine', mmengine.__version__, 'torch', torch.__version__)
seen = {length: rates(length) for length in expected}
for length, values in seen.items():
    print(f'end={length}:', values)
if seen != expected:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
