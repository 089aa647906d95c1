"""Scoring needs numpy, Pillow and SciPy, and nothing else."""
import subprocess
import sys

from .files import both

# An interpreter that finds none of what is installed but the three.
ALONE = """
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec.__func__
def hidden(cls, name, path=None, target=None):
    spec = find(cls, name, path, target)
    allowed = name.split('.')[0] in ('numpy', 'PIL', 'scipy')
    return spec if allowed or 'site-packages' not in str(
        spec and spec.origin) else None
PathFinder.find_spec = classmethod(hidden)
"""
CODE = """
from mmseg_zeroshot import ClassSplit, score_folder
split = ClassSplit(['background', 'cat', 'dog', 'cow'], unseen=['cow'])
scored = score_folder({!r}, {!r}, split, method='x')
print(scored.confusion.sum(), scored.record['generalised']['hIoU'] > 0)
from mmseg_zeroshot.cli import main
raise SystemExit(main(['score', {!r}, '--truth', {!r}, '--split',
                       'voc12-zs3-k2', '--method', 'x']))
"""


def test_nothing_else_is_needed(tmp_path, repo_root):
    sides = [str(side) for side in both(tmp_path)]
    done = subprocess.run(
        [sys.executable, '-c', ALONE + CODE.format(*sides, *sides)],
        cwd=repo_root, capture_output=True, text=True)
    assert done.stdout == '13 True\n', done.stderr
    # The command ran up to what is wrong: no pixel of unseen classes.
    assert 'unseen (cow, motorbike)' in done.stderr
    assert done.returncode == 1


def test_what_is_hidden_is_hidden(repo_root):
    done = subprocess.run([sys.executable, '-c', ALONE + 'import torch'],
                          cwd=repo_root, capture_output=True, text=True)
    assert "No module named 'torch'" in done.stderr
