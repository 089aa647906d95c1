# ZS3Net's steps 1 and 2 in every iteration, on images, run by a config at its
# end (see zs3net_step_1.py for why). Its bases are step 0 and a recipe; it
# sets load_from (step 0's checkpoint) and iterations.
if _base_.recipe.label == 'paper':
    raise ValueError(
        'ZS_RECIPE=paper: the paper trains the generator and then the '
        'classifier, each by an optimizer of its own, and not both in every '
        'iteration. Take the configs zs3net-s1_* and zs3net-s2_* for it, or '
        'another recipe here: strict, gan or released')
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
# The weights are step 0's, wherever the network is told where to get some.
if 'pretrained' in _base_.model:
    model['pretrained'] = None
if 'pretrained' in _base_.model.backbone:
    model['backbone'] = dict(pretrained=False)
train_dataloader = dict(dataset=_base_.recipe.images)
optim_wrapper = dict(
    _delete_=True, type='OptimWrapper', **_base_.recipe.joint)
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=iterations,
        by_epoch=False)
]
train_cfg = dict(max_iters=iterations, val_interval=iterations)
default_hooks = dict(
    _delete_=True,
    **{
        name: hook
        for name, hook in _base_.default_hooks.items()
        if name not in ('results', *_base_.recipe.hooks_left_out)
    },
    results=dict(
        _base_.default_hooks.results,
        method=_base_.recipe.method,
        label=_base_.recipe.label))
# The classifier starts as in step 2; step 0's plain network names it conv_seg.
custom_hooks = [
    dict(hook, restart=['decode_head.conv_seg']) if 'restart' in hook else hook
    for hook in _base_.recipe.step_2_hooks
]
# Used up: a later change of them would do nothing.
del iterations
