# DeViSE, ZS3Net's baseline, on a folder in VOC's layout, on a CPU (see the
# SPNet config for what the environment changes): pixel features regress the
# class vector, the nearest by cosine is the class.
_base_ = '../spnet/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
model = dict(
    decode_head=dict(
        type='DeViSEHead',
        host=dict(loss_decode=dict(_delete_=True, type='CosineLoss'))))
default_hooks = dict(results=dict(method='DeViSE'))
