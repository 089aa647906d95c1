# The same network with its plain classifier, trained on the seen classes: step
# 0 of the methods that retrain a classifier, and the row "without zero-shot",
# whose unseen mIoU is 0.
_base_ = './spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
model = dict(
    type='EncoderDecoder',
    decode_head=dict(_delete_=True, **_base_.model.decode_head.host))
default_hooks = dict(results=dict(method='seen only'))
