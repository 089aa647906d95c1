# ZS3Net, stage 2, on Pascal-Context: the classifier, on real
# features of seen and generated features of unseen classes.
# Paper, table 3, hIoU for K = 2, 4, 6, 8, 10: 28.4, 29.8, 25.2, 18.1, 15.8; of
# the released code. ZS_SPLIT=context-zs3-k4 and so on picks K. Not run here.
_base_ = './zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_context-zs3.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_classifier(
    _base_,
    load_from='work_dirs/zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_context-zs3/iter_20000.pth',
    iterations=10000))
