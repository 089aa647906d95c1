# SPNet on VOC 2012 with SegFormer-B0. Not run here: it needs a GPU and the
# weights.
_base_ = [
    '../_base_/models/segformer_mit-b0.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_transformer_20k.py',
    '../_base_/default_runtime.py'
]
split = 'voc12-spnet'
# The paper's: word2vec beside fastText, 600-d, made by
# tools/build_embeddings.py.
embeddings = 'glove-6b-50d'
exec(open('{{ fileDirname }}/../_base_/includes/spnet.py').read())
# New layers learn ten times as fast.
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys=dict(decode_head=dict(lr_mult=10.0))))
default_hooks = dict(
    results=dict(method='SPNet', variant=dict(network='SegFormer-B0')))
