#!/usr/bin/env bash
# Importing submitit ends the log files that are open, MMEngine's among them.
#
# Versions:   submitit 1.5.4, onedl-mmengine 0.10.12, torch 2.13.0,
#             Python 3.10 to 3.12
# Input:      MMLogger.get_instance(..., log_file=...), a line; `import
#             submitit`; another line; then init_weights() of a BaseModule
# Expected:   both lines are in the file
# Seen:       the second is not in the file, without a word; and init_weights()
#             fails: AttributeError, 'NoneType' object has no attribute 'write'
# Why:        submitit.core.logger calls logging.config.dictConfig on import,
#             which closes all handlers of the process; a FileHandler opened
#             with mode 'w' does not open again, and MMEngine writes to its
#             stream directly
# Meets one:  who imports submitit late, as when jobs are sent to a cluster by
#             a process that has trained or tested before
#
# Exit 0: behaves as above. Exit 1: it does not any more. Exit 2: no set-up.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
        submitit==1.5.4 onedl-mmengine==0.10.12 torch==2.13.0 \
        setuptools==80.9.0 opencv-python-headless==4.13.0.92
} >&2 || exit 2

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

import mmengine
import torch
from mmengine.logging import MMLogger
from mmengine.model import BaseModule


class Line(BaseModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)


logger = MMLogger.get_instance('run', log_file='run.log', log_level='INFO')
logger.info('before')
import submitit  # noqa: E402, F401

logger.info('after')
try:
    Line().init_weights()
    error = ''
except AttributeError as raised:
    error = str(raised)
text = Path('run.log').read_text()

print('submitit', version('submitit'), 'mmengine', mmengine.__version__)
print("'before' in the file:", 'before' in text)
print("'after' in the file:", 'after' in text)
print('init_weights():', error or 'no error')
if ('before' not in text or 'after' in text
        or error != "'NoneType' object has no attribute 'write'"):
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
