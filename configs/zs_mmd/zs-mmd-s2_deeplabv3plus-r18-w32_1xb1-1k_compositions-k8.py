# Recursive training with the ZS-MMD loss on the embedded data set: in place of
# ZS3Net's stage 2, on the bank. Generator and classifier train together; what
# the classifier is sure of draws the generator.
# `weighting` is normalized, raw or equal, or off, the control.
_base_ = '../zs3net/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.recursive(
    _base_, start=250, weighting='normalized', iterations=1000))
