# SPNet on the embedded data set with a small SegFormer, from scratch on a CPU
# in a few minutes.
_base_ = [
    '../_base_/models/segformer_mit-w16.py',
    '../_base_/datasets/compositions.py',
    '../_base_/schedules/schedule_adamw_1k.py', '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.spnet(
    _base_,
    split='compositions-k8',
    embeddings='glove-6b-50d',
    network='SegFormer'))

optim_wrapper = dict(optimizer=dict(lr=0.002))
