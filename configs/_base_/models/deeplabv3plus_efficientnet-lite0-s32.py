# The same network with its ASPP at stride 32, on the last features alone.
_base_ = './deeplabv3plus_efficientnet-lite0.py'
model = dict(
    decode_head=dict(
        input_transform=None,
        in_channels=320,
        in_index=3,
        dilations=(1, 3, 6, 9)))
