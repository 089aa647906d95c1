# PASCAL VOC 2012 with SBD's masks ("aug"), laid out as MMSegmentation's
# tools/dataset_converters/voc_aug.py does. A leaf names the split.
_base_ = './images.py'
data_root = 'data/VOCdevkit/VOC2012'
inner = dict(
    type='PascalVOCDataset',
    data_root=data_root,
    data_prefix=dict(
        img_path='JPEGImages', seg_map_path='SegmentationClass'))
augmented = dict(
    inner,
    data_prefix=dict(
        img_path='JPEGImages', seg_map_path='SegmentationClassAug'))
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            type='ConcatDataset',
            datasets=[
                dict(inner, ann_file='ImageSets/Segmentation/train.txt'),
                dict(augmented, ann_file='ImageSets/Segmentation/aug.txt')
            ])))
val_dataloader = dict(
    dataset=dict(
        dataset=dict(inner, ann_file='ImageSets/Segmentation/val.txt')))
test_dataloader = val_dataloader
