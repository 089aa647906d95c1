# DeepLab-v2 on ResNet-101 at stride 8 (Chen et al., TPAMI 2018), as SPNet has
# it: Caffe's ResNet with its batch norm frozen, four summed atrous branches,
# inputs at three scales with a loss on each and on their maximum. They have
# 600 channels, the width of fastText beside word2vec.
# The ImageNet weights saw classes that a split may call unseen.
model = dict(
    type='MultiScaleEncoderDecoder',
    scales=(1.0, 0.75, 0.5),
    data_preprocessor=dict(
        type='SegDataPreProcessor',
        mean=[103.53, 116.28, 123.675],
        std=[1.0, 1.0, 1.0],
        bgr_to_rgb=False,
        pad_val=0,
        seg_pad_val=255),
    pretrained='open-mmlab://detectron2/resnet101_caffe',
    backbone=dict(
        type='ResNet',
        depth=101,
        num_stages=4,
        out_indices=(3, ),
        strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4),
        norm_cfg=dict(type='BN', requires_grad=False),
        norm_eval=True,
        style='caffe'),
    decode_head=dict(
        type='DeepLabV2Head',
        in_channels=2048,
        in_index=0,
        channels=600,
        dilations=(6, 12, 18, 24),
        dropout_ratio=0.0,
        num_classes=21,
        align_corners=False,
        # Averaged over labelled pixels: the number of pixels that a split
        # hides must not change the learning rate.
        loss_decode=dict(type='CrossEntropyLoss', avg_non_ignore=True)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
