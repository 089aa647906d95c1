# ZS3Net, step 2, on the embedded data set: the classifier, on real
# features of seen and generated features of unseen classes.
_base_ = './zs3net-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8.py'
load_from = '{{$ZS_GENERATOR:work_dirs/zs3net-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8/iter_1000.pth}}'  # noqa: E501
model = dict(decode_head=dict(phase='classifier'))
optim_wrapper = dict(
    optimizer=dict(_delete_=True, **_base_.recipe.classifier_optimizer))
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=1000,
        by_epoch=False)
]
train_cfg = dict(max_iters=1000, val_begin=1, val_interval=1000)
default_hooks = dict(results=dict(method=_base_.recipe.method))
