# ZS3Net, step 1, on the embedded data set: the generator, trained on
# a bank of features of step 0's network:
#
#   python tools/build_feature_bank.py configs/zs3net/THIS.py STEP_0.pth
#   python tools/train.py configs/zs3net/THIS.py
#
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
seen_checkpoint = '{{$ZS_SEEN:work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth}}'  # noqa: E501
bank = '{{$ZS_BANK:work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/bank}}'  # noqa: E501
load_from = seen_checkpoint
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
feature_bank = dict(
    path=bank,
    dataset=_base_.train_dataloader.dataset,
    views=1,
    max_vectors=64,
    batch_size=32)
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
        checkpoint=seen_checkpoint,
        num_vectors=_base_.recipe.head.num_vectors))
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=_base_.recipe.generator_optimizer)
param_scheduler = [
    dict(type='ConstantLR', factor=1.0, begin=0, end=1000, by_epoch=False)
]
# The classifier is still step 0's: nothing to validate, not even at the end.
train_cfg = dict(max_iters=1000, val_begin=1001)
default_hooks = dict(
    results=dict(method='step 1', label=_base_.recipe.label))
custom_hooks = [dict(type='StageStartHook')]
