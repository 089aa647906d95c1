# ALE, the other baseline of ZS3Net, on VOC 2012:
# a ranking loss on the bilinear compatibility of features and class vectors.
# Paper, section 3.2, K = 2: seen mIoU 68.1, unseen 4.6, hIoU 8.6. Not run.
_base_ = '../zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.ale(_base_))
