#!/usr/bin/env bash
# Class ids above 255 become other classes, and none is reported.
#
# Versions:   onedl-mmsegmentation 1.4.2, onedl-mmcv 2.3.6, onedl-mmengine
#             0.10.12, Python 3.10 to 3.12
# Input:      a 16-bit greyscale PNG, as ADE20K-full (847 classes) and
#             PASCAL-Context-459 have label maps, with the ids 0, 44, 255, 300,
#             511 and 846; read by mmseg's LoadAnnotations
# Expected:   the ids, or an error
# Seen:       0, 44, 255, 44, 255, 78 (uint8): every id is taken modulo 256, so
#             that class 300 is trained and scored as class 44, and class 511
#             is ignored as 255 is. Pillow and OpenCV read the file right
# Meets one:  who trains on more than 255 classes: the losses fall, the scores
#             are low, and nothing says why
#
# Exit 0: behaves as above. Exit 1: it does not any more. Exit 2: no set-up.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
        onedl-mmsegmentation==1.4.2 onedl-mmcv==2.3.6 \
        onedl-mmengine==0.10.12 torch==2.13.0 setuptools==80.9.0 \
        opencv-python-headless==4.13.0.92 ftfy regex
} >&2 || exit 2

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import cv2
import mmcv
import mmseg
import numpy as np
from mmseg.datasets.transforms import LoadAnnotations
from PIL import Image

IDS = [0, 44, 255, 300, 511, 846]
Image.fromarray(np.array([IDS], np.uint16)).save('labels.png')
sample = LoadAnnotations()(dict(
    seg_map_path='labels.png', seg_fields=[], reduce_zero_label=False,
    label_map=None))
seen = sample['gt_seg_map']

print('mmseg', mmseg.__version__, 'mmcv', mmcv.__version__)
print('in the file:    ', IDS)
print('Pillow:         ', np.asarray(Image.open('labels.png')).ravel().tolist())
print('OpenCV:         ', cv2.imread('labels.png', -1).ravel().tolist())
print('LoadAnnotations:', seen.ravel().tolist(), seen.dtype)
if seen.ravel().tolist() != [number % 256 for number in IDS]:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
