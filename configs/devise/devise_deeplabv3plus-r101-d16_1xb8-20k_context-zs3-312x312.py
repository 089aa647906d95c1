# DeViSE, ZS3Net's baseline, on Pascal-Context: pixel
# features regress the class vector, the nearest by cosine is the class.
# Paper, table 3 ("baseline"), hIoU for K = 2, 4, 6, 8, 10: 5.0, 4.7, 3.9, 3.2,
# 2.4. ZS_SPLIT=context-zs3-k4 and so on picks K. Not run here.
_base_ = '../zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.devise(_base_))
