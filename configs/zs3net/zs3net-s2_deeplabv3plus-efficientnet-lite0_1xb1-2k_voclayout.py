# ZS3Net, step 2, on a folder in VOC's layout, on a CPU (see the SPNet config
# for what the environment changes): the classifier, on real
# features of seen and generated features of unseen classes.
_base_ = './zs3net-s1_deeplabv3plus-efficientnet-lite0_1xb1-2k_voclayout.py'
load_from = '{{$ZS_GENERATOR:work_dirs/zs3net-s1_deeplabv3plus-efficientnet-lite0_1xb1-2k_voclayout/iter_2000.pth}}'  # noqa: E501
model = dict(decode_head=dict(phase='classifier'))
optim_wrapper = dict(
    optimizer=dict(_delete_=True, **_base_.recipe.classifier_optimizer))
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=2000,
        by_epoch=False)
]
train_cfg = dict(max_iters=2000, val_begin=1, val_interval=2000)
default_hooks = dict(results=dict(method=_base_.recipe.method))
