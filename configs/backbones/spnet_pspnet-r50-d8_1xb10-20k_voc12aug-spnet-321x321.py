# SPNet on VOC 2012 with PSPNet on ResNet-50. Not run here: it needs a GPU
# and the weights.
_base_ = [
    '../_base_/models/pspnet_r50-d8.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_20k.py', '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

# The paper's words: word2vec beside fastText, 600-d, made by
# mmseg-zeroshot build-embeddings.
globals().update(stages.spnet(
    _base_,
    split='voc12-spnet',
    embeddings='glove-6b-50d',
    network='PSPNet, R-50'))

# New layers learn ten times as fast.
optim_wrapper = dict(
    optimizer=dict(lr=0.00025),  # SPNet's
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
