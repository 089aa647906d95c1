# The paper's few-label baseline: the plain network, trained on the seen
# classes (configs/spnet/seenonly_*.py), fine-tuned on SPNet's drawn images.
_base_ = './spnet-few_deeplabv2-r101-d8_1xb10-2k_cocostuff164k-spnet-321x321.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

load_from = 'work_dirs/seenonly_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321/iter_100000.pth'  # noqa: E501
globals().update(stages.seen_only(
    _base_, segmentor='MultiScaleEncoderDecoder', method='fine-tuned'))
