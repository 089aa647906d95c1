# Plain DeepLab-v2 on VGG-16, trained on the seen classes.
_base_ = './spnet_deeplabv2-vgg16-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.seen_only(
    _base_, segmentor='MultiScaleEncoderDecoder',
    method='seen only (VGG-16)'))
