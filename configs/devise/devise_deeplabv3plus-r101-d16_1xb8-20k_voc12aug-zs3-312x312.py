# DeViSE, ZS3Net's baseline, on VOC 2012: pixel
# features regress the class vector, the nearest by cosine is the class.
# Paper, table 1 ("baseline"), hIoU for K = 2, 4, 6, 8, 10: 6.1, 5.5, 5.1, 3.8,
# 3.6. ZS_SPLIT=voc12-zs3-k4 and so on picks K. Not run here.
_base_ = '../zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.devise(_base_))
