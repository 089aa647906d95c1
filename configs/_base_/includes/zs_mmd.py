# Recursive training with the ZS-MMD loss, run by a config at its end (see
# zs3net_step_1.py for why). Its base is a ZS3Net config: step 2, whose place a
# joint training of generator and classifier on the bank takes (it sets
# iterations), or the joint one on images. It sets start, the first iteration
# with recursion, and weighting.
# ZS-MMD instead of ZS3Net; what the recipe adds to the name, such as (GAN).
added = _base_.recipe.method.replace('ZS3Net', '')
names = dict(
    normalized=f'ZS-MMD{added}',
    raw=f'ZS-MMD{added} (raw weights)',
    equal=f'ZS-MMD{added} (equal weights)',
    off=f'{_base_.recipe.method} (joint)')
if weighting not in names:
    raise ValueError(f'ZS_RECURSION={weighting!r}: take one of {[*names]}')
# tau and gamma as printed (section IV-A), for any list of K unseen classes;
# elsewhere those of VOC's K = 4, 6, 8.
printed = {
    'voc12-k2': (0.85, 1 / 40),
    'voc12-k4': (0.7, 1 / 80),
    'voc12-k6': (0.7, 1 / 80),
    'voc12-k8': (0.7, 1 / 80),
    'voc12-k10': (0.85, 1 / 40),
    'context-k2': (0.85, 1 / 160),
    'context-k4': (0.7, 1 / 160),
    'context-k6': (0.85, 1 / 80),
    'context-k8': (0.85, 1 / 80),
    'context-k10': (0.7, 1 / 160),
}
# context-recursive-k4 -> context-k4; a split of one's own has no such name.
name = str(_base_.split).split('-')
tau, zs_mmd_gamma = printed.get(f'{name[0]}-{name[-1]}', (0.7, 1 / 80))
# 'off' is the control: as much training, the loss times 0.
off = weighting == 'off'
model = dict(
    decode_head=dict(
        phase='joint',
        recursion=dict(
            type='ZSMMDLoss',
            tau=tau,
            gamma=0.0 if off else zs_mmd_gamma,
            start=start,
            weighting='normalized' if off else weighting)))
if _base_.model.decode_head.phase != 'joint':
    optim_wrapper = dict(
        _delete_=True, type='OptimWrapper', **_base_.recipe.joint)
    param_scheduler = [
        dict(
            type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=iterations,
            by_epoch=False)
    ]
    train_cfg = dict(max_iters=iterations, val_interval=iterations)
    # Begins as step 2 does, by the recipe with a new classifier.
    custom_hooks = [*_base_.recipe.step_2_hooks, dict(type='RecursionHook')]
    del iterations
else:
    custom_hooks = [dict(type='StageStartHook'), dict(type='RecursionHook')]
default_hooks = dict(results=dict(method=names[weighting]))
del added, printed, name, names, tau, zs_mmd_gamma, off, start, weighting
