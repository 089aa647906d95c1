# The same network with its plain classifier, trained on the seen classes:
# ZS3Net's step 0, whose unseen mIoU is 0.
_base_ = './spnet_segformer-mit-w16_1xb16-1k_compositions-k8-96x96.py'
model = dict(
    type='EncoderDecoder',
    decode_head=dict(_delete_=True, **_base_.model.decode_head.host))
default_hooks = dict(results=dict(method='seen only'))
