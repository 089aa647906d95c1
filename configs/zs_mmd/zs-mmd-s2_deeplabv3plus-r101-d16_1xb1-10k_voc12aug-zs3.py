# Recursive training with the ZS-MMD loss on VOC 2012: in place of
# ZS3Net's stage 2, on the bank. Generator and classifier train together; what
# the classifier is sure of draws the generator.
# Paper, table I, hIoU for K = 2, 4, 6, 8, 10: 49.2, 38.8, 33.6, 28.3, 28.2;
# with equal weights (table III) 44.1, 33.1, 31.7, 31.0, 28.9.
# ZS_SPLIT=voc12-zs3-k4 and so on picks K, and tau and gamma with it. Not run.
# `weighting` is normalized, raw or equal, or off, the control.
_base_ = '../zs3net/zs3net-s2_deeplabv3plus-r101-d16_1xb1-10k_voc12aug-zs3.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.recursive(
    _base_, start=2500, weighting='normalized', iterations=10000))
