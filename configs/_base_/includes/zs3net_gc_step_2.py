# ZS3Net's step 2 with graph context, run by a config at its end (see
# zs3net_step_1.py for why). Its base is step 1 with graph context; it sets
# load_from (step 1's checkpoint), layouts and iterations.
model = dict(decode_head=dict(phase='classifier'))
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='GraphLayoutDataset',
        bank=_base_.train_dataloader.dataset.bank,
        split=_base_.split,
        checkpoint=_base_.train_dataloader.dataset.checkpoint,
        num_vectors=_base_.model.decode_head.num_vectors,
        # 'paper': of the training images' label maps, unseen classes shown.
        layouts=(_base_.feature_bank.dataset.dataset
                 if layouts == 'paper' else layouts),
        embeddings=_base_.embeddings,
        num_layouts=32))
optim_wrapper = dict(
    optimizer=dict(_delete_=True, **_base_.recipe.classifier_optimizer))
param_scheduler = [
    dict(
        type='PolyLR', power=0.9, eta_min=0.0, begin=0, end=iterations,
        by_epoch=False)
]
train_cfg = dict(
    max_iters=iterations, val_begin=1, val_interval=iterations)
default_hooks = dict(
    results=dict(
        method=f'{_base_.recipe.method} + GC',
        label=_base_.recipe.label if layouts == 'strict' else 'paper',
        variant=dict(
            context=_base_.model.decode_head.generator.context)))
custom_hooks = _base_.recipe.step_2_hooks
# Used up: a later change of them would do nothing.
del iterations, layouts
