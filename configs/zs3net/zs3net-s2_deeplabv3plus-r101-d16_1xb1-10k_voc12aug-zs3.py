# ZS3Net, step 2, on VOC 2012: the classifier, on real
# features of seen and generated features of unseen classes.
# Paper, table 1, hIoU for K = 2, 4, 6, 8, 10: 47.5, 34.4, 32.0, 25.7, 23.6; of
# the released code. ZS_SPLIT=voc12-zs3-k4 and so on picks K. Not run here.
_base_ = './zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_voc12aug-zs3.py'
load_from = '{{$ZS_GENERATOR:work_dirs/zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_voc12aug-zs3/iter_20000.pth}}'  # noqa: E501
model = dict(decode_head=dict(phase='classifier'))
optim_wrapper = dict(
    optimizer=dict(_delete_=True, **_base_.recipe.classifier_optimizer))
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=10000,
        by_epoch=False)
]
train_cfg = dict(max_iters=10000, val_begin=1, val_interval=10000)
default_hooks = dict(results=dict(method=_base_.recipe.method))
