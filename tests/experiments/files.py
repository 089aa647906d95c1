"""Experiment files for tests."""
from pathlib import Path

from mmseg_zeroshot.experiments.experiment import Experiment, read_experiment

OWN = """
data = dict(root='{root}', classes='{classes}', train='train.txt',
            val='val.txt', masks='Masks')
split = dict(unseen=['bus'], validation=['car'])
network = 'deeplabv3plus_efficientnet-lite0'
"""


def own(folder: Path, text: str = '', classes: str = 'sky,road,car,tree,bus',
        root: str = '/data/farm') -> Experiment:
    """An experiment on a folder of one's own; the folder need not be."""
    path = folder / 'farm.py'
    path.write_text(OWN.format(root=root, classes=classes) + text)
    return read_experiment(path)
