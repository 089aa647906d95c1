# Recursive training with the ZS-MMD loss on VOC 2012, on
# images: ZS3Net's stages 1 and 2 in every iteration, from half of them on with
# recursion (the paper does not print its start). To go on from stage 2
# instead, give load_from its checkpoint and
# model.decode_head.recursion.start=0 by --cfg-options.
# Paper, table I, hIoU for K = 2, 4, 6, 8, 10: 49.2, 38.8, 33.6, 28.3, 28.2;
# with equal weights (table III) 44.1, 33.1, 31.7, 31.0, 28.9.
# ZS_SPLIT=voc12-zs3-k4 and so on picks K, and tau and gamma with it. Not run.
# `weighting` is normalized, raw or equal, or off, the control.
_base_ = '../zs3net/zs3net-joint_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.recursive(_base_, start=10000, weighting='normalized'))
