# ZS3Net, stage 2, on VOC 2012: the classifier, on real
# features of seen and generated features of unseen classes.
# Paper, table 1, hIoU for K = 2, 4, 6, 8, 10: 47.5, 34.4, 32.0, 25.7, 23.6; of
# the released code. ZS_SPLIT=voc12-zs3-k4 and so on picks K. Not run here.
_base_ = './zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_voc12aug-zs3.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_classifier(
    _base_,
    load_from='work_dirs/zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_voc12aug-zs3/iter_20000.pth',
    iterations=10000))
