# COCO-Stuff 164k, the 171 classes that occur, made by MMSegmentation's
# tools/dataset_converters/coco_stuff164k.py. SPNet's rule: no image is left
# out, pixels of unseen classes are ignored. A leaf names the split.
_base_ = './images.py'
crop_size = (321, 321)
train_pipeline = [
    *_base_.train_pipeline[:2],
    # SPNet's base size.
    dict(_base_.train_pipeline[2], scale=(513, 513)),
    dict(_base_.train_pipeline[3], crop_size=crop_size),
    *_base_.train_pipeline[4:]
]
inner = dict(type='COCOStuffDataset', data_root='data/coco_stuff164k')
train_dataloader = dict(
    batch_size=10,
    dataset=dict(
        mode='ignore',
        pipeline=train_pipeline,
        dataset=dict(
            inner,
            data_prefix=dict(
                img_path='images/train2017',
                seg_map_path='annotations/train2017'))))
val_dataloader = dict(
    dataset=dict(
        dataset=dict(
            inner,
            data_prefix=dict(
                img_path='images/val2017',
                seg_map_path='annotations/val2017'))))
test_dataloader = val_dataloader
