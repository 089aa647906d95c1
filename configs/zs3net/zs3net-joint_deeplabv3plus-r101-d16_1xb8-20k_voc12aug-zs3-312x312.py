# ZS3Net on VOC 2012: stages 1 and 2 in every iteration,
# on images. ZS_RECIPE=released trains as the authors' code does, with the
# true masks of unseen classes.
# Paper, table 1, hIoU for K = 2, 4, 6, 8, 10: 47.5, 34.4, 32.0, 25.7, 23.6; of
# the released code. ZS_SPLIT=voc12-zs3-k4 and so on picks K. Not run here.
_base_ = [
    './zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_joint(
    _base_,
    load_from='work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312/iter_20000.pth',
    iterations=20000))
