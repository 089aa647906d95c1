# ZS3Net on the embedded data set: steps 1 and 2 in every iteration,
# on images. ZS_RECIPE=released trains as the authors' code does, with the
# true masks of unseen classes.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth}}'  # noqa: E501
model = dict(
    type='ZeroShotSegmentor',
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
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=1000,
        by_epoch=False)
]
train_cfg = dict(max_iters=1000, val_interval=1000)
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
