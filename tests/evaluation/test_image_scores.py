"""Images that are scored one by one."""
import numpy as np
import torch
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample

from mmseg_zeroshot.evaluation.image_scores import score_images


def sample(name, truth, prediction):
    return SegDataSample(
        metainfo=dict(img_path=f'folder/{name}'),
        gt_sem_seg=PixelData(data=torch.tensor([truth])),
        pred_sem_seg=PixelData(data=torch.tensor([prediction])))


def test_each_image_and_all_of_them():
    found = score_images([
        sample('a.png', [[0, 0, 1, 255]], [[0, 1, 1, 2]]),
        sample('b.png', [[2, 2, 2, 2]], [[2, 2, 2, 0]])], 3)
    assert found.names == ['a.png', 'b.png']
    nan = np.nan
    np.testing.assert_allclose(found.ious, [[50, 50, nan], [nan, nan, 75]])
    np.testing.assert_allclose(found.shares, [[.5, .25, 0], [0, 0, 1]])
    assert found.confusion.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 3]]
