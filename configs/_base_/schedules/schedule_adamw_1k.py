# For training from scratch: AdamW with a short warm-up and poly decay.
optimizer = dict(type='AdamW', lr=0.005, weight_decay=0.01)
optim_wrapper = dict(type='OptimWrapper', optimizer=optimizer)
param_scheduler = [
    dict(
        type='LinearLR', start_factor=0.01, begin=0, end=100,
        by_epoch=False),
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=100, end=1000,
        by_epoch=False)
]
train_cfg = dict(
    type='IterBasedTrainLoop', max_iters=1000, val_interval=1000)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
