# The paper's few-label baseline: the plain network, trained on the seen
# classes (configs/spnet/seenonly_*.py), fine-tuned on SPNet's drawn images.
_base_ = './spnet-few_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'
load_from = '{{$ZS_ZERO_LABEL:work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth}}'  # noqa: E501
model = dict(
    type='EncoderDecoder',
    decode_head=dict(_delete_=True, **_base_.model.decode_head.host))
default_hooks = dict(results=dict(method='fine-tuned'))
