# ZS3Net, stage 2, on the dense embedded data set, on a CPU: the classifier,
# on real features of seen and generated features of unseen classes.
_base_ = './zs3net-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-dense-k8.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_classifier(
    _base_,
    load_from='work_dirs/zs3net-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-dense-k8/iter_1000.pth',
    iterations=1000))
