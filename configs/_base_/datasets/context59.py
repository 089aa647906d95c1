# Pascal-Context, 59 classes without background (label 0 of the masks carries
# no class), made by MMSegmentation's tools/dataset_converters/
# pascal_context.py. A leaf names the split.
_base_ = './images.py'
data_root = 'data/VOCdevkit/VOC2010'
inner = dict(
    type='PascalContextDataset59',
    data_root=data_root,
    data_prefix=dict(
        img_path='JPEGImages', seg_map_path='SegmentationClassContext'))
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            inner, ann_file='ImageSets/SegmentationContext/train.txt')))
val_dataloader = dict(
    dataset=dict(
        dataset=dict(
            inner, ann_file='ImageSets/SegmentationContext/val.txt')))
test_dataloader = val_dataloader
