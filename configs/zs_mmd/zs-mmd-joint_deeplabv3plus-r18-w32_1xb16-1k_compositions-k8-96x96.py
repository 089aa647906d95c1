# Recursive training with the ZS-MMD loss on the embedded data set, on
# images: ZS3Net's stages 1 and 2 in every iteration, from half of them on with
# recursion (the paper does not print its start). To go on from stage 2
# instead, give load_from its checkpoint and
# model.decode_head.recursion.start=0 by --cfg-options.
# `weighting` is normalized, raw or equal, or off, the control.
_base_ = '../zs3net/zs3net-joint_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.recursive(_base_, start=500, weighting='normalized'))
