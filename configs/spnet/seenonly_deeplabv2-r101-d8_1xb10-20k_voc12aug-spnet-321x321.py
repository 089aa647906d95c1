# Plain DeepLab-v2, trained on the seen classes: step 0 of the methods that
# retrain a classifier, and the row "without zero-shot", whose unseen mIoU is
# 0.
_base_ = './spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
model = dict(
    type='MultiScaleEncoderDecoder',
    decode_head=dict(_delete_=True, **_base_.model.decode_head.host))
default_hooks = dict(results=dict(method='seen only'))
