# ZS3Net, step 0, on the dense embedded data set, from scratch on a CPU in a
# few minutes: DeepLabv3+ with its plain classifier, trained on seen classes.
# ZS_DENSE_SPLIT=compositions-dense-k8-cv holds validation classes out, here
# and in all later steps.
_base_ = [
    '../_base_/models/deeplabv3plus_r18-w32.py',
    '../_base_/datasets/compositions_dense.py',
    '../_base_/schedules/schedule_adamw_1k.py', '../_base_/default_runtime.py'
]
split = '{{$ZS_DENSE_SPLIT:compositions-dense-k8}}'
embeddings = 'glove-6b-50d'
model = dict(
    data_preprocessor=dict(size=_base_.crop_size),
    decode_head=dict(num_classes=40))
train_dataloader = dict(dataset=dict(split=split))
val_dataloader = dict(dataset=dict(split=split))
test_dataloader = val_dataloader
default_hooks = dict(results=dict(method='seen only'))
