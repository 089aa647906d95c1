# SPNet on VOC 2012 with UPerNet on Swin-T. Not run here: it needs a GPU and
# the weights.
_base_ = [
    '../_base_/models/upernet_swin-t.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_transformer_20k.py',
    '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

# The paper's words: word2vec beside fastText, 600-d, made by
# mmseg-zeroshot build-embeddings.
globals().update(stages.spnet(
    _base_,
    split='voc12-spnet',
    embeddings='glove-6b-50d',
    network='UPerNet, Swin-T'))

# New layers learn ten times as fast.
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
