# ZS3Net, step 1, on VOC 2012: the generator, trained on
# a bank of features of step 0's network:
#
#   python tools/build_feature_bank.py configs/zs3net/THIS.py STEP_0.pth
#   python tools/train.py configs/zs3net/THIS.py
#
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    './zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
seen_checkpoint = '{{$ZS_SEEN:work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312/iter_20000.pth}}'  # noqa: E501
bank = '{{$ZS_BANK:work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312/bank}}'  # noqa: E501
load_from = seen_checkpoint
model = dict(
    type='ZeroShotSegmentor',
    pretrained=None,
    data_preprocessor=dict(type='ZeroShotDataPreProcessor'),
    decode_head=dict(
        _delete_=True,
        phase='generator',
        split=_base_.split,
        embeddings=_base_.embeddings,
        gamma=_base_.get('gamma', 0.0),
        host=_base_.model.decode_head,
        **_base_.recipe.head))
# Crops of small images are padded as the network pads them (BGR mean), so that
# a batch has one size.
bank_pipeline = [
    *_base_.train_pipeline[:-1],
    dict(
        type='Pad',
        size=_base_.crop_size,
        pad_val=dict(img=(104, 116, 124), seg=255)),
    _base_.train_pipeline[-1]
]
feature_bank = dict(
    path=bank,
    dataset=dict(_base_.train_dataloader.dataset, pipeline=bank_pipeline),
    views=1,
    max_vectors=128,
    batch_size=8)
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
    dict(type='ConstantLR', factor=1.0, begin=0, end=20000, by_epoch=False)
]
# The classifier is still step 0's: nothing to validate, not even at the end.
train_cfg = dict(max_iters=20000, val_begin=20001)
default_hooks = dict(
    results=dict(method='step 1', label=_base_.recipe.label))
custom_hooks = [dict(type='StageStartHook')]
