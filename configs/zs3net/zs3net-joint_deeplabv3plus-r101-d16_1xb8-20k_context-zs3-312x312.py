# ZS3Net on Pascal-Context: stages 1 and 2 in every iteration,
# on images. ZS_RECIPE=released trains as the authors' code does, with the
# true masks of unseen classes.
# Paper, table 3, hIoU for K = 2, 4, 6, 8, 10: 28.4, 29.8, 25.2, 18.1, 15.8; of
# the released code. ZS_SPLIT=context-zs3-k4 and so on picks K. Not run here.
_base_ = [
    './zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_joint(
    _base_,
    load_from='work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312/iter_20000.pth',
    iterations=20000))
