# SPNet on VOC 2012 with UPerNet on BEiT-B. Not run here: it needs a GPU and
# the weights.
_base_ = [
    '../_base_/models/upernet_beit-b.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_transformer_20k.py',
    '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

# BEiT's only size: smaller crops and test images (VOC's are 500 pixels long)
# are padded to it.
crop_size = (512, 512)
train_pipeline = [
    *_base_.train_pipeline[:2],
    dict(_base_.train_pipeline[2], scale=(512, 512)),
    dict(_base_.train_pipeline[3], crop_size=crop_size),
    *_base_.train_pipeline[4:]
]
# The paper's words: word2vec beside fastText, 600-d, made by
# mmseg-zeroshot build-embeddings.
globals().update(stages.combine(
    stages.spnet(
        _base_,
        split='voc12-spnet',
        embeddings='glove-6b-50d',
        network='UPerNet, BEiT-B'),
    dict(
        model=dict(data_preprocessor=dict(
            size=crop_size, test_cfg=dict(size=crop_size))),
        train_dataloader=dict(dataset=dict(pipeline=train_pipeline)))))
# New layers learn ten times as fast.
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
