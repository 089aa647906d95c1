# ALE, the other baseline of ZS3Net, on a folder in VOC's layout, on a CPU (see
# the SPNet config for what the environment changes): a ranking loss on the
# bilinear compatibility of features and class vectors.
_base_ = '../spnet/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
model = dict(
    decode_head=dict(
        type='SemanticProjectionHead',
        host=dict(loss_decode=dict(_delete_=True, type='ALELoss'))))
default_hooks = dict(results=dict(method='ALE'))
