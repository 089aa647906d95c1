# ZS3Net, step 0, on a densely labelled folder (CamVid's classes by default),
# on a CPU: DeepLabv3+ with its plain classifier, trained on the seen classes.
#
# Everything that changes with the data is taken from the environment, here
# and in all later steps:
#
#   ZS_DATA_ROOT=/data/my_scenes ZS_CLASSES=sky,road,car ZS_UNSEEN=car \
#       python tools/train.py configs/zs3net/THIS.py
#
# Names may hold spaces; lists are separated by commas. ZS_MODEL is another
# network of configs/_base_/models, such as fcn_hr18.
_base_ = [
    '../_base_/models/{{$ZS_MODEL:deeplabv3plus_efficientnet-lite0}}.py',
    '../_base_/datasets/folders.py',
    '../_base_/schedules/schedule_finetune_1k.py',
    '../_base_/default_runtime.py'
]
data_root = '{{$ZS_DATA_ROOT:data/camvid}}'
classes = '{{$ZS_CLASSES:sky,building,pole,road,pavement,tree,sign,fence,car,pedestrian,bicyclist}}'.split(  # noqa: E501
    ',')
unseen = '{{$ZS_UNSEEN:pavement,bicyclist}}'.split(',')
validation = '{{$ZS_VALIDATION:none}}'.split(',')
# A shipped table, or .npz files, which are joined.
embeddings = '{{$ZS_EMBEDDINGS:glove-6b-50d}}'.split(',')
network = '{{$ZS_MODEL:none}}'
embeddings = embeddings if len(embeddings) > 1 else embeddings[0]
split = dict(
    name='unseen-' + '-'.join(unseen),
    classes=classes,
    unseen=unseen,
    validation=[] if validation == ['none'] else validation,
    hold_out=bool(int('{{$ZS_HOLD_OUT:0}}')))
inner = dict(data_root=data_root, metainfo=dict(classes=classes))
model = dict(
    data_preprocessor=dict(size=_base_.crop_size),
    decode_head=dict(num_classes=len(classes)))
train_dataloader = dict(dataset=dict(split=split, dataset=inner))
val_dataloader = dict(dataset=dict(split=split, dataset=inner))
test_dataloader = val_dataloader
default_hooks = dict(
    results=dict(
        method='seen only',
        dataset='{{$ZS_DATASET:CamVid}}',
        variant={} if network == 'none' else dict(network=network)))
