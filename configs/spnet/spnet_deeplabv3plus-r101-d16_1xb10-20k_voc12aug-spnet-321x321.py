# SPNet on VOC 2012 (Xian et al., CVPR 2019), with DeepLabv3+ for DeepLab-v2.
# Paper, section 4.1: zero-label mIoU 49.5 (table 2); generalised, unseen mIoU
# 0.01 and, calibrated, 29.33 with hIoU 42.45 (others, running its released
# code, got an hIoU of 26.1). Not run here: it needs a GPU and the weights.
#
# ZS_SPLIT=voc12-spnet-cv holds the paper's validation classes out, for
# tools/calibrate.py.
_base_ = [
    '../_base_/models/deeplabv3plus_r101-d16.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_20k.py', '../_base_/default_runtime.py'
]
split = '{{$ZS_SPLIT:voc12-spnet}}'
# The paper's: word2vec beside fastText, 600-d, made by
# tools/build_embeddings.py.
embeddings = 'glove-6b-50d'

model = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(size=_base_.crop_size),
    backbone=dict(norm_eval=True),
    decode_head=dict(
        _delete_=True,
        type='SemanticProjectionHead',
        split=split,
        embeddings=embeddings,
        gamma=0.0,  # the released code calibrates with 0.6
        host=_base_.model.decode_head))
# The paper's; new layers learn ten times as fast.
optim_wrapper = dict(
    optimizer=dict(lr=0.00025),
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
train_dataloader = dict(dataset=dict(split=split))
val_dataloader = dict(dataset=dict(split=split))
test_dataloader = val_dataloader
default_hooks = dict(results=dict(method='SPNet'))
