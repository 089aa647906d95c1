# The embedded data set: drawn on first use, so nothing is downloaded.
data_root = 'data/compositions'
crop_size = (96, 96)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='KeyedInfiniteSampler', shuffle=True),
    dataset=dict(
        type='ZeroShotDataset',
        mode='ignore',
        pipeline=train_pipeline,
        dataset=dict(
            type='CompositionsDataset', subset='train',
            data_root=data_root)))
val_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='ZeroShotDataset',
        mode='keep',
        test_mode=True,
        pipeline=test_pipeline,
        dataset=dict(
            type='CompositionsDataset', subset='val', data_root=data_root)))
test_dataloader = val_dataloader
val_evaluator = dict(type='ZeroShotIoUMetric')
test_evaluator = val_evaluator
