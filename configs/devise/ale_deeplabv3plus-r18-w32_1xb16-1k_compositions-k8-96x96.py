# ALE, the other baseline of ZS3Net, on the embedded data set:
# a ranking loss on the bilinear compatibility of features and class vectors.
_base_ = '../spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.ale(_base_))
