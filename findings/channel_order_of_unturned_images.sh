#!/usr/bin/env bash
# channel_order='rgb' is ignored where the orientation is.
#
# Versions:   onedl-mmcv 2.3.6, onedl-mmengine 0.10.12, Python 3.10 to 3.12
# Input:      a PNG of one red pixel, read by mmcv.imread with
#             channel_order='rgb', backend cv2 (the default) and pillow
# Expected:   [255, 0, 0] for every flag
# Seen:       backend cv2:    'color' [255, 0, 0]
#                             'color_ignore_orientation' [0, 0, 255]
#             backend pillow: [255, 0, 0] for both
# Why:        the cv2 branch turns BGR round only if the flag is exactly 'color'
# Meets one:  who reads photographs as they are stored, because the label maps
#             were drawn so, and asks for RGB: red and blue are exchanged, the
#             network still learns, and scores with pre-trained weights are low
#
# Exit 0: behaves as above. Exit 1: it does not any more. Exit 2: no set-up.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
        onedl-mmcv==2.3.6 onedl-mmengine==0.10.12 torch==2.13.0 \
        setuptools==80.9.0 opencv-python-headless==4.13.0.92
} >&2 || exit 2

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import mmcv
from PIL import Image

RED, BLUE = [255, 0, 0], [0, 0, 255]
Image.new('RGB', (1, 1), 'red').save('red.png')
expected = {
    ('cv2', 'color'): RED,
    ('cv2', 'color_ignore_orientation'): BLUE,
    ('pillow', 'color'): RED,
    ('pillow', 'color_ignore_orientation'): RED,
}
print('mmcv', mmcv.__version__)
seen = {}
for backend, flag in expected:
    image = mmcv.imread('red.png', flag=flag, channel_order='rgb',
                        backend=backend)
    seen[backend, flag] = image[0, 0].tolist()
    print(f'{backend:6} {flag:24}', seen[backend, flag])
if seen != expected:
    sys.exit('The behaviour has changed: this finding no longer holds.')
print('As described.')
PYTHON
