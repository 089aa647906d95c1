# DeViSE, ZS3Net's baseline, on the embedded data set: pixel
# features regress the class vector, the nearest by cosine is the class.
_base_ = '../spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
model = dict(
    decode_head=dict(
        type='DeViSEHead',
        host=dict(loss_decode=dict(_delete_=True, type='CosineLoss'))))
default_hooks = dict(results=dict(method='DeViSE'))
