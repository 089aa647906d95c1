# Recursive training with the ZS-MMD loss on Pascal-Context, on
# images: ZS3Net's stages 1 and 2 in every iteration, from half of them on with
# recursion (the paper does not print its start). To go on from stage 2
# instead, give load_from its checkpoint and
# model.decode_head.recursion.start=0 by --cfg-options.
# Paper, table II, hIoU for K = 2, 4, 6, 8, 10: 28.0, 31.0, 26.9, 19.2, 16.3;
# its text has VOC's unseen classes here too, ZS3Net's paper another list:
# ZS_SPLIT=context-recursive-k4 or context-zs3-k4 and so on. Not run.
# `weighting` is normalized, raw or equal, or off, the control.
_base_ = '../zs3net/zs3net-joint_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.recursive(_base_, start=10000, weighting='normalized'))
