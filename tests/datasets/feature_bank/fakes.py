"""A data set and an extractor whose features say where they come from."""

import os
import time

import numpy as np
import torch
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample

from mmseg_zeroshot.semantics import ClassSplit

CLASSES = ('sky', 'cat', 'dog', 'cow', 'mud', 'car')
SPLIT = ClassSplit(CLASSES, unseen=['cow'], ignored=['mud'], name='fake')
STRIDE = 4
NAMES = tuple(f'photos/{i:03d}.jpg' for i in range(70))


class FakeDataset:
    """Images whose channels are label, image index and noise.

    Args:
        count: Number of images.
        mode: What the metainfo says.
        extra: Image index -> an id that its labels hold additionally.
    """

    def __init__(self, count=70, mode='drop', extra=None):
        self.count, self.mode, self.extra = count, mode, extra or {}
        self.metainfo = dict(
            classes=CLASSES, palette=[[i, i, i] for i in range(6)],
            split=SPLIT.to_dict(), split_mode=mode)

    def __len__(self):
        return self.count

    def get_data_info(self, index):
        # Not a local file: nothing to read.
        return dict(img_path=f's3://data/{NAMES[index]}')

    def labels(self, index):
        """(H, W) labels: rows of sky, cat, unlabelled; a few dogs."""
        height = 32 if index % 3 else 24
        labels = np.zeros((height, 40), np.uint8)
        labels[8:16] = 1
        labels[16:20] = 255
        if index % 10 == 0:
            labels[20:, :8] = 2
        if index in self.extra:
            labels[:4, :4] = self.extra[index]
        return labels

    def __getitem__(self, index):
        labels = self.labels(index)
        if np.random.rand() < 0.5:  # the augmentation
            labels = labels[:, ::-1]
        noise = np.random.randint(0, 200, labels.shape)
        image = np.stack([labels, np.full_like(labels, index), noise])
        sample = SegDataSample(metainfo=dict(img_path=NAMES[index]))
        sample.gt_sem_seg = PixelData(
            data=torch.from_numpy(labels.copy())[None])
        return dict(inputs=torch.from_numpy(image.astype(np.uint8)),
                    data_samples=sample)


def plain_extract(data):
    """(N, 4, h, w): the image at nearest pixels, and their place."""
    images = torch.stack(data['inputs']).float()[..., ::STRIDE, ::STRIDE]
    place = torch.arange(images[0, 0].numel()).reshape(images.shape[-2:])
    return torch.cat(
        [images, place.expand(len(images), 1, -1, -1).float()], dim=1)


def make_extract(device):
    return plain_extract


class Counting:
    """An extractor that notes which images it has seen."""

    def __init__(self):
        self.images = []

    def __call__(self, data):
        self.images += [int(i[1, 0, 0]) for i in data['inputs']]
        return plain_extract(data)


def make_dying_extract(device):
    """An extractor whose process is killed at its third batch."""
    calls = []

    def extract(data):
        calls.append(1)
        if len(calls) == 3:
            os.kill(os.getpid(), 9)
        return plain_extract(data)
    return extract


def make_slow_extract(device):
    """An extractor that takes a while."""
    def extract(data):
        time.sleep(0.05)
        return plain_extract(data)
    return extract


def make_nan_extract(device):
    """An extractor that fails on image 33."""
    def extract(data):
        features = plain_extract(data)
        features[[int(i[1, 0, 0]) == 33 for i in data['inputs']], 0, 0, 0] = (
            float('nan'))
        return features
    return extract
