# ZS3Net's step 2 on the bank, run by a config at its end (see zs3net_step_1.py
# for why). Its base is step 1; it sets load_from (step 1's checkpoint) and
# iterations.
model = dict(decode_head=dict(phase='classifier'))
optim_wrapper = dict(
    optimizer=dict(_delete_=True, **_base_.recipe.classifier_optimizer))
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=iterations,
        by_epoch=False)
]
train_cfg = dict(
    max_iters=iterations, val_begin=1, val_interval=iterations)
default_hooks = dict(results=dict(method=_base_.recipe.method))
custom_hooks = _base_.recipe.step_2_hooks
# Used up: a later change of them would do nothing.
del iterations
