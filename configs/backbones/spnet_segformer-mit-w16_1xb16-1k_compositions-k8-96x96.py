# SPNet on the embedded data set with a small SegFormer, from scratch on a CPU
# in a few minutes.
_base_ = [
    '../_base_/models/segformer_mit-w16.py',
    '../_base_/datasets/compositions.py',
    '../_base_/schedules/schedule_adamw_1k.py', '../_base_/default_runtime.py'
]
split = '{{$ZS_DEMO_SPLIT:compositions-k8}}'
embeddings = 'glove-6b-50d'

model = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(size=_base_.crop_size),
    decode_head=dict(
        _delete_=True,
        type='SemanticProjectionHead',
        split=split,
        embeddings=embeddings,
        gamma=0.0,
        host=_base_.model.decode_head))
optim_wrapper = dict(optimizer=dict(lr=0.002))
train_dataloader = dict(dataset=dict(split=split))
val_dataloader = dict(dataset=dict(split=split))
test_dataloader = val_dataloader
default_hooks = dict(
    results=dict(method='SPNet', variant=dict(network='SegFormer')))
