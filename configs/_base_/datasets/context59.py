# Pascal-Context, 59 classes without background (label 0 of the masks carries
# no class), made by MMSegmentation's tools/dataset_converters/
# pascal_context.py. ZS3Net's rule: training images that hold an unseen class
# are left out. A leaf names the split.
data_root = 'data/VOCdevkit/VOC2010'
crop_size = (312, 312)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
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
inner = dict(
    type='PascalContextDataset59',
    data_root=data_root,
    data_prefix=dict(
        img_path='JPEGImages', seg_map_path='SegmentationClassContext'))
train_dataloader = dict(
    batch_size=8,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        type='ZeroShotDataset',
        mode='drop',
        pipeline=train_pipeline,
        dataset=dict(
            inner, ann_file='ImageSets/SegmentationContext/train.txt')))
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
            inner, ann_file='ImageSets/SegmentationContext/val.txt')))
test_dataloader = val_dataloader
val_evaluator = dict(type='ZeroShotIoUMetric')
test_evaluator = val_evaluator
