# A base for a config of your own, written by hand as mmseg's are.
# Experiments do not read it: their key `data` describes such a folder.
#
# Any folder in VOC's layout (JPEGImages, a folder of masks, lists of names
# under ImageSets/Segmentation), in small images for a CPU; pixels of unseen
# classes are ignored. A leaf names data root, classes and split.
_base_ = './images.py'
crop_size = (256, 256)
image_size = dict(scale=(320, 320), keep_ratio=True)
train_pipeline = [
    *_base_.train_pipeline[:2],
    dict(type='RandomResize', ratio_range=(0.75, 1.5), **image_size),
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
    data_root='data/VOCdevkit/VOC2012',
    img_suffix='.jpg',
    seg_map_suffix='.png',
    reduce_zero_label=False)
train_dataloader = dict(
    num_workers=2,
    dataset=dict(mode='ignore', pipeline=train_pipeline, dataset=inner))
val_dataloader = dict(
    num_workers=1, dataset=dict(pipeline=test_pipeline, dataset=inner))
test_dataloader = val_dataloader
