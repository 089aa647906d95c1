# SPNet on a folder of your own in VOC's layout, on a CPU: about 20 minutes for
# 1,000 iterations on two cores.
#
# Everything that changes with the data is named once, here, and taken from the
# environment if it is set:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_IGNORED=bird,boat \
#       python tools/train.py configs/spnet/THIS.py
#
# Names may hold spaces ("potted plant"); lists are separated by commas.
# ZS_MODEL is another network of configs/_base_/models, such as fcn_hr18.
#
# The calibration factor gamma is chosen on validation classes: seen ones that
# stand in for the unseen. They need a training of their own, without their
# labels (ZS_HOLD_OUT=1: they become unseen, the real unseen ones ignored), and
# tools/calibrate.py the same environment:
#
#   export ZS_UNSEEN=cow,cat ZS_VALIDATION=horse
#   ZS_HOLD_OUT=1 python tools/train.py configs/spnet/THIS.py --work-dir cv
#   ZS_HOLD_OUT=1 python tools/calibrate.py configs/spnet/THIS.py \
#       cv/iter_1000.pth
#   ZS_GAMMA=0.63 python tools/train.py configs/spnet/THIS.py
#
# A shipped split (ZS_SPLIT) has its own validation classes, or none.
_base_ = [
    '../_base_/models/{{$ZS_MODEL:deeplabv3plus_efficientnet-lite0}}.py',
    '../_base_/datasets/voc_layout.py',
    '../_base_/schedules/schedule_finetune_1k.py',
    '../_base_/default_runtime.py'
]
data_root = '{{$ZS_DATA_ROOT:data/VOCdevkit/VOC2012}}'
masks = '{{$ZS_MASKS:SegmentationClassAug}}'
train_list = '{{$ZS_TRAIN_LIST:ImageSets/Segmentation/train_aug.txt}}'
val_list = '{{$ZS_VAL_LIST:ImageSets/Segmentation/val.txt}}'
# A shipped split ...
split = '{{$ZS_SPLIT:voc12-spnet}}'
# ... or, if unseen classes are named, one of your own. The classes are voc21,
# or your own names in the order of the masks' ids.
classes = '{{$ZS_CLASSES:voc21}}'.split(',')
unseen = '{{$ZS_UNSEEN:none}}'.split(',')
ignored = '{{$ZS_IGNORED:none}}'.split(',')
validation = '{{$ZS_VALIDATION:none}}'.split(',')
hold_out = bool(int('{{$ZS_HOLD_OUT:0}}'))
# A shipped table, or .npz files, which are joined.
embeddings = '{{$ZS_EMBEDDINGS:glove-6b-50d}}'.split(',')
gamma = float('{{$ZS_GAMMA:0.0}}')
network = '{{$ZS_MODEL:none}}'

if unseen != ['none']:
    split = dict(
        name='unseen-' + '-'.join(unseen),
        classes=classes[0] if len(classes) == 1 else classes,
        unseen=unseen,
        ignored=[] if ignored == ['none'] else ignored,
        validation=[] if validation == ['none'] else validation,
        hold_out=hold_out)
elif validation != ['none']:
    raise ValueError('ZS_VALIDATION belongs to a split of your own; name its '
                     'unseen classes in ZS_UNSEEN')
elif hold_out:
    split += '-cv'
if classes == ['voc21']:
    inner = dict(type='PascalVOCDataset')
    num_classes = 21
else:
    inner = dict(metainfo=dict(classes=classes))
    num_classes = len(classes)
inner.update(
    data_root=data_root,
    data_prefix=dict(img_path='JPEGImages', seg_map_path=masks))

model = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(size=_base_.crop_size),
    decode_head=dict(
        _delete_=True,
        type='SemanticProjectionHead',
        split=split,
        embeddings=embeddings if len(embeddings) > 1 else embeddings[0],
        gamma=gamma,
        host=dict(_base_.model.decode_head, num_classes=num_classes)))
train_dataloader = dict(
    dataset=dict(split=split, dataset=dict(inner, ann_file=train_list)))
val_dataloader = dict(
    dataset=dict(split=split, dataset=dict(inner, ann_file=val_list)))
test_dataloader = val_dataloader
default_hooks = dict(
    results=dict(
        method='SPNet',
        variant={} if network == 'none' else dict(network=network)))
