# ZS3Net, stage 0, on VOC 2012: DeepLabv3+ with its plain classifier, trained
# on the images without an unseen class; the row "without zero-shot".
# K = 2 by default; ZS_SPLIT=voc12-zs3-k4 and so on picks another, here and in
# all later stages.
# The paper's ImageNet weights were trained without the unseen classes; those
# that are downloaded here were not.
_base_ = [
    '../_base_/models/deeplabv3plus_r101-d16.py',
    '../_base_/datasets/voc12_aug.py',
    '../_base_/schedules/schedule_20k.py', '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

# The paper's is word2vec, 300-d, made by mmseg-zeroshot build-embeddings.
globals().update(stages.plain_network(
    _base_, split='{{$ZS_SPLIT:voc12-zs3-k2}}', embeddings='glove-6b-50d'))
# The released code trains decoder and ASPP ten times as fast.
optim_wrapper = dict(
    optimizer=dict(lr=0.007),
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
