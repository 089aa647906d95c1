# PASCAL VOC 2012 with SBD's masks ("aug"), laid out as MMSegmentation's
# tools/dataset_converters/voc_aug.py does. A leaf names the split and the
# training mode; labels of unseen classes are gone right after they are loaded.
data_root = 'data/VOCdevkit/VOC2012'
crop_size = (321, 321)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    # VOC's images are 500 pixels long: half to one and a half of their size.
    dict(
        type='RandomResize',
        scale=(500, 500),
        ratio_range=(0.5, 1.5),
        keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size, cat_max_ratio=0.75),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
# Scored at the images' own size.
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=10,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        type='ZeroShotDataset',
        mode='ignore',
        pipeline=train_pipeline,
        dataset=dict(
            type='ConcatDataset',
            datasets=[
                dict(
                    type='PascalVOCDataset',
                    data_root=data_root,
                    data_prefix=dict(
                        img_path='JPEGImages',
                        seg_map_path='SegmentationClass'),
                    ann_file='ImageSets/Segmentation/train.txt'),
                dict(
                    type='PascalVOCDataset',
                    data_root=data_root,
                    data_prefix=dict(
                        img_path='JPEGImages',
                        seg_map_path='SegmentationClassAug'),
                    ann_file='ImageSets/Segmentation/aug.txt')
            ])))
val_dataloader = dict(
    batch_size=1,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='ZeroShotDataset',
        mode='keep',
        test_mode=True,
        pipeline=test_pipeline,
        dataset=dict(
            type='PascalVOCDataset',
            data_root=data_root,
            data_prefix=dict(
                img_path='JPEGImages', seg_map_path='SegmentationClass'),
            ann_file='ImageSets/Segmentation/val.txt')))
test_dataloader = val_dataloader
val_evaluator = dict(type='ZeroShotIoUMetric')
test_evaluator = val_evaluator
