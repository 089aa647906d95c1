"""A split, class vectors and samples that the head tests share."""
import numpy as np
import pytest
import torch
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample

from mmseg_zeroshot import ClassEmbeddings, ClassSplit

CLASSES = ('sky', 'road', 'car', 'bus', 'void')


@pytest.fixture
def split() -> ClassSplit:
    """Three seen classes, one unseen, one ignored."""
    return ClassSplit(CLASSES, unseen=('bus', ), ignored=('void', ))


@pytest.fixture
def embeddings() -> ClassEmbeddings:
    """Seven-dimensional class vectors."""
    vectors = np.random.default_rng(0).normal(size=(5, 7))
    return ClassEmbeddings(CLASSES, vectors.astype(np.float32))


@pytest.fixture
def samples() -> list[SegDataSample]:
    """Two 32 x 32 label maps of seen classes and ignored pixels."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 3, (2, 1, 32, 32), generator=generator)
    labels[:, :, :2] = 255
    return [
        SegDataSample(
            gt_sem_seg=PixelData(data=label),
            metainfo=dict(
                img_shape=(32, 32), ori_shape=(32, 32), pad_shape=(32, 32)))
        for label in labels
    ]
