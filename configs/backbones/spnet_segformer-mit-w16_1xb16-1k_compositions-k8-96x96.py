# SPNet on the embedded data set with a small SegFormer, from scratch on a CPU
# in a few minutes.
_base_ = [
    '../_base_/models/segformer_mit-w16.py',
    '../_base_/datasets/compositions.py',
    '../_base_/schedules/schedule_adamw_1k.py', '../_base_/default_runtime.py'
]
split = '{{$ZS_DEMO_SPLIT:compositions-k8}}'
embeddings = 'glove-6b-50d'
exec(open('{{ fileDirname }}/../_base_/includes/spnet.py').read())
optim_wrapper = dict(optimizer=dict(lr=0.002))
default_hooks = dict(
    results=dict(method='SPNet', variant=dict(network='SegFormer')))
