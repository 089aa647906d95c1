# The paper's few-label baseline: the plain network, trained on the seen
# classes (configs/spnet/seenonly_*.py), fine-tuned on SPNet's drawn images.
_base_ = './spnet-few_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
load_from = '{{$ZS_ZERO_LABEL:work_dirs/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256/iter_1000.pth}}'  # noqa: E501
model = dict(
    type='EncoderDecoder',
    decode_head=dict(_delete_=True, **_base_.model.decode_head.host))
default_hooks = dict(results=dict(method='fine-tuned'))
# The better of two tried on a held-out validation class, with 1 image.
optim_wrapper = dict(optimizer=dict(lr=0.002))
