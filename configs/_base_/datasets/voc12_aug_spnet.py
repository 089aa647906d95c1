# VOC 2012 as SPNet trains on it: crops of 321, batches of 10, and no image is
# left out: pixels of unseen classes are ignored.
_base_ = './voc12_aug.py'
crop_size = (321, 321)
train_pipeline = [
    *_base_.train_pipeline[:3],
    dict(_base_.train_pipeline[3], crop_size=crop_size),
    *_base_.train_pipeline[4:]
]
train_dataloader = dict(
    batch_size=10, dataset=dict(mode='ignore', pipeline=train_pipeline))
