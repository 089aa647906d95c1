# ZS3Net, stage 2, on the embedded data set: the classifier, on real features
# of seen and generated features of unseen classes.
_base_ = './zs3net-s1_deeplabv3plus-mobilenet-v2-w05_1xb1-1k_compositions-k8.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_classifier(
    _base_,
    load_from='work_dirs/zs3net-s1_deeplabv3plus-mobilenet-v2-w05_1xb1-1k_compositions-k8/iter_1000.pth',
    iterations=1000))
