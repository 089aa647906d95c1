# Photographs of animals, people and furniture, on a CPU: nine classes of VOC
# 2012, the others ignored, small images. No number on it is one on PASCAL VOC.
# The ImageNet backbone stays frozen. See docs/results/README.md.
data = dict(
    root='data/VOCdevkit/VOC2012',
    classes='voc21',
    masks='SegmentationClassAug',
    train='ImageSets/Segmentation/train_aug.txt',
    val='ImageSets/Segmentation/val.txt',
    crop=(192, 192))
dataset = 'VOC animals'
split = dict(
    unseen=['cow', 'cat'],
    validation=['horse'],
    ignored=[
        'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car',
        'diningtable', 'motorbike', 'pottedplant', 'train', 'tvmonitor'
    ])
words = 'glove-6b-50d'
network = 'deeplabv3plus_efficientnet-lite0'
start = 'seen'
iterations = dict(seen=2000, spnet=200, devise=200, joint=200)
options = dict(
    all={
        'model.backbone.frozen_stages': 7,
        'model.backbone.norm_eval': True
    })
stages = {
    # Chosen on horse, for each method.
    'few-label-spnet': dict(
        learning_rate=0.0005, learning_rate_of_one=0.0001, frozen_stages=7),
    'few-label-finetuned': dict(learning_rate=0.002, frozen_stages=7),
}
