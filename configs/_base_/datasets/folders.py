# A base for a config of your own, written by hand as mmseg's are.
# Experiments do not read it: their key `data` describes such a folder.
#
# Any densely labelled folder with its parts in folders of their own:
#
#   images/train/*.jpg    images/val/*.jpg    images/test/*.jpg
#   masks/train/*.png     masks/val/*.png     masks/test/*.png
#
# Small images for a CPU; pixels of unseen classes are ignored, since every
# image of a dense scene may hold some. Trained on train, scored on test. A
# leaf names data root, classes and split.
_base_ = './images.py'
crop_size = (176, 176)
image_size = dict(scale=(240, 240), keep_ratio=True)
train_pipeline = [
    *_base_.train_pipeline[:2],
    dict(type='RandomResize', ratio_range=(1.0, 1.5), **image_size),
    dict(_base_.train_pipeline[3], crop_size=crop_size),
    *_base_.train_pipeline[4:]
]
# The network sees small images; scores are at the masks' own size.
test_pipeline = [
    _base_.test_pipeline[0],
    dict(type='Resize', **image_size),
    *_base_.test_pipeline[1:]
]
inner = dict(
    type='BaseSegDataset',
    data_root='data/camvid',
    img_suffix='.jpg',
    seg_map_suffix='.png',
    reduce_zero_label=False)
train_dataloader = dict(
    num_workers=1,
    dataset=dict(
        mode='ignore',
        pipeline=train_pipeline,
        dataset=dict(
            inner,
            data_prefix=dict(
                img_path='images/train', seg_map_path='masks/train'))))
val_dataloader = dict(
    num_workers=1,
    dataset=dict(
        pipeline=test_pipeline,
        dataset=dict(
            inner,
            data_prefix=dict(
                img_path='images/test', seg_map_path='masks/test'))))
test_dataloader = val_dataloader
