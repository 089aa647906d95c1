# The paper's few-label baseline: the plain network, trained on the seen
# classes (configs/spnet/seenonly_*.py), fine-tuned on SPNet's drawn images.
_base_ = './spnet-few_deeplabv2-r101-d8_1xb10-2k_voc12aug-spnet-321x321.py'
load_from = '{{$ZS_ZERO_LABEL:work_dirs/seenonly_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321/iter_20000.pth}}'  # noqa: E501
model = dict(
    type='MultiScaleEncoderDecoder',
    decode_head=dict(_delete_=True, **_base_.model.decode_head.host))
default_hooks = dict(results=dict(method='fine-tuned'))
