# ZS3Net's step 1 on a bank of features, whatever the data set. Not a base but
# text that a config runs at its end, because it reads the config's own bases:
# step 0 and a recipe. The config sets load_from (step 0's checkpoint), bank,
# bank_vectors (per class and image), bank_batch and iterations.
model = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(type='ZeroShotDataPreProcessor'),
    decode_head=dict(
        _delete_=True,
        phase='generator',
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
bank_pipeline = _base_.train_pipeline
if 'RandomCrop' in [step.type for step in bank_pipeline]:
    # Crops of small images are padded as the network pads them (BGR mean), so
    # that a batch has one size.
    bank_pipeline = [
        *bank_pipeline[:-1],
        dict(
            type='Pad',
            size=_base_.crop_size,
            pad_val=dict(
                img=tuple(
                    round(m)
                    for m in _base_.model.data_preprocessor.mean[::-1]),
                seg=255)),
        bank_pipeline[-1]
    ]
feature_bank = dict(
    path=bank,
    dataset=dict(_base_.train_dataloader.dataset, pipeline=bank_pipeline),
    views=1,
    max_vectors=bank_vectors,
    batch_size=bank_batch)
train_dataloader = dict(
    _delete_=True,
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='FeatureBankDataset',
        bank=bank,
        split=_base_.split,
        checkpoint=load_from,
        num_vectors=_base_.recipe.head.num_vectors))
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=_base_.recipe.generator_optimizer)
param_scheduler = [
    dict(
        type='ConstantLR', factor=1.0, begin=0, end=iterations,
        by_epoch=False)
]
# The classifier is still step 0's: nothing to validate, not even at the end.
train_cfg = dict(max_iters=iterations, val_begin=iterations + 1)
default_hooks = dict(
    results=dict(method='step 1', label=_base_.recipe.label))
custom_hooks = [dict(type='StageStartHook')]
# Used up: a later change of them would do nothing.
del bank, bank_vectors, bank_batch, iterations
