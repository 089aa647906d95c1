# Plain DeepLab-v2, trained on the seen classes: stage 0 of the methods that
# retrain a classifier, and the row "without zero-shot", whose unseen mIoU is
# 0.
_base_ = './spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.seen_only(
    _base_, segmentor='MultiScaleEncoderDecoder'))
