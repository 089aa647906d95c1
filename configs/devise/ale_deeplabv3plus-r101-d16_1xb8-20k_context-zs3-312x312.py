# ALE, the other baseline of ZS3Net, on Pascal-Context:
# a ranking loss on the bilinear compatibility of features and class vectors.
# The paper prints no number of it here. ZS_SPLIT=context-zs3-k4 and so on
# picks K. Not run.
_base_ = '../zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.ale(_base_))
