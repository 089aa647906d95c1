# SPNet on VOC 2012 (Xian et al., CVPR 2019), with DeepLabv3+ for DeepLab-v2.
# Paper, section 4.1: zero-label mIoU 49.5 (table 2); generalised, unseen mIoU
# 0.01 and, calibrated, 29.33 with hIoU 42.45 (others, running its released
# code, got an hIoU of 26.1). Not run here: it needs a GPU and the weights.
#
# ZS_SPLIT=voc12-spnet-cv holds the paper's validation classes out, for
# mmseg-zeroshot calibrate.
_base_ = [
    '../_base_/models/deeplabv3plus_r101-d16.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_20k.py', '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

# The paper's words: word2vec beside fastText, 600-d, made by
# mmseg-zeroshot build-embeddings. The released code calibrates with gamma 0.6.
globals().update(stages.combine(
    stages.spnet(
        _base_,
        split='{{$ZS_SPLIT:voc12-spnet}}',
        embeddings='glove-6b-50d'),
    dict(model=dict(backbone=dict(norm_eval=True)))))
# The paper's; new layers learn ten times as fast.
optim_wrapper = dict(
    optimizer=dict(lr=0.00025),
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
