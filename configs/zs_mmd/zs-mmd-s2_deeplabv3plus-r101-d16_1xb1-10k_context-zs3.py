# Recursive training with the ZS-MMD loss on Pascal-Context: in place of
# ZS3Net's stage 2, on the bank. Generator and classifier train together; what
# the classifier is sure of draws the generator.
# Paper, table II, hIoU for K = 2, 4, 6, 8, 10: 28.0, 31.0, 26.9, 19.2, 16.3;
# its text has VOC's unseen classes here too, ZS3Net's paper another list:
# ZS_SPLIT=context-recursive-k4 or context-zs3-k4 and so on. Not run.
# `weighting` is normalized, raw or equal, or off, the control.
_base_ = '../zs3net/zs3net-s2_deeplabv3plus-r101-d16_1xb1-10k_context-zs3.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.recursive(
    _base_, start=2500, weighting='normalized', iterations=10000))
