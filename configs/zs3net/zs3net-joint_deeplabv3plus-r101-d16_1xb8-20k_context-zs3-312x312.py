# ZS3Net on Pascal-Context: steps 1 and 2 in every iteration,
# on images. ZS_RECIPE=released trains as the authors' code does, with the
# true masks of unseen classes.
# Paper, table 3, hIoU for K = 2, 4, 6, 8, 10: 28.4, 29.8, 25.2, 18.1, 15.8; of
# the released code. ZS_SPLIT=context-zs3-k4 and so on picks K. Not run here.
_base_ = [
    './zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312/iter_20000.pth}}'  # noqa: E501
model = dict(
    type='ZeroShotSegmentor',
    pretrained=None,
    decode_head=dict(
        _delete_=True,
        phase='joint',
        split=_base_.split,
        embeddings=_base_.embeddings,
        gamma=_base_.get('gamma', 0.0),
        host=_base_.model.decode_head,
        **_base_.recipe.head))
train_dataloader = dict(dataset=_base_.recipe.images)
optim_wrapper = dict(
    _delete_=True, type='OptimWrapper', **_base_.recipe.joint)
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=20000,
        by_epoch=False)
]
train_cfg = dict(max_iters=20000, val_interval=20000)
default_hooks = dict(
    _delete_=True,
    **{
        name: hook
        for name, hook in _base_.default_hooks.items()
        if name not in ('results', *_base_.recipe.hooks_left_out)
    },
    results=dict(
        type='ZeroShotResultsHook',
        method=_base_.recipe.method,
        label=_base_.recipe.label))
custom_hooks = [dict(type='StageStartHook')]
