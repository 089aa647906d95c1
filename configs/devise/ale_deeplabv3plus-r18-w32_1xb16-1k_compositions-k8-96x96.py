# ALE, the other baseline of ZS3Net, on the embedded data set:
# a ranking loss on the bilinear compatibility of features and class vectors.
_base_ = '../spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
model = dict(
    decode_head=dict(
        type='SemanticProjectionHead',
        host=dict(loss_decode=dict(_delete_=True, type='ALELoss'))))
default_hooks = dict(results=dict(method='ALE'))
