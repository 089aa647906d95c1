# ZS5Net on VOC 2012: ZS3Net goes on learning from the images without an unseen
# class and from pseudo-labels of the others, whose own labels only tell that
# they are the others. Paper, table 4, hIoU for K = 2, 4, 6, 8, 10: 75.7, 61.8,
# 60.8, 57.7, 46.7, with p = 25. ZS_SPLIT=voc12-zs3-k4 and so on picks K. Not
# run here.
_base_ = [
    '../zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.self_training(
    _base_,
    load_from='work_dirs/zs3net-s2_deeplabv3plus-r101-d16_1xb1-10k_voc12aug-zs3/iter_10000.pth',
    pseudo_labels='work_dirs/zs3net-s2_deeplabv3plus-r101-d16_1xb1-10k_voc12aug-zs3/pseudo_labels',
    percent=25.0))
