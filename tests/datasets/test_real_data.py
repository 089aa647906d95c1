import pytest

from mmseg_zeroshot.datasets import ZeroShotDataset

from .folders import LOAD

ANIMALS = ('cat', 'chair', 'cow', 'dog', 'horse', 'person', 'sheep', 'sofa',
           'background')


@pytest.fixture
def voc(real_data):
    root = real_data / 'voc_animals/VOCdevkit/VOC2012'
    return dict(
        type='PascalVOCDataset', data_root=str(root),
        data_prefix=dict(img_path='JPEGImages',
                         seg_map_path='SegmentationClassAug'),
        ann_file='ImageSets/Segmentation/val.txt')


@pytest.fixture
def split():
    from mmseg_zeroshot.semantics import get_classes
    others = [c for c in get_classes('voc21') if c not in ANIMALS]
    return dict(classes='voc21', unseen=['cow', 'cat'], ignored=others)


@pytest.mark.real_data
def test_drop_counts_agree_with_the_readme(voc, split):
    """445 images; 119 hold a cat, 71 a cow and one both."""
    dataset = ZeroShotDataset(voc, split=split, mode='drop', pipeline=LOAD)
    assert len(dataset) == 445 - 119 - 71 + 1
    seen = set(dataset.split.seen_ids) | {255}
    for index in range(0, len(dataset), 20):
        assert set(dataset[index]['gt_seg_map'].ravel().tolist()) <= seen


@pytest.mark.real_data
def test_ignore_and_keep_hide_the_right_ids(voc, split):
    hidden = ZeroShotDataset(voc, split=split, mode='ignore', pipeline=LOAD)
    kept = ZeroShotDataset(voc, split=split, mode='keep', pipeline=LOAD,
                           test_mode=True)
    assert len(hidden) == len(kept) == 445
    unseen = 0
    for index in range(0, 445, 20):
        train, test = (d[index]['gt_seg_map'] for d in (hidden, kept))
        ids = set(test.ravel().tolist())
        unseen += len(ids & {8, 10})
        assert set(train.ravel().tolist()) == {
            i if i not in (8, 10) else 255 for i in ids} or 255 not in ids
    assert unseen > 5
