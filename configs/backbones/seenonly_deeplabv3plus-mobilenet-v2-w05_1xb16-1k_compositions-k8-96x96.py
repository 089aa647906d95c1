# The same network with its plain classifier, trained on the seen classes:
# ZS3Net's stage 0, whose unseen mIoU is 0.
_base_ = './spnet_deeplabv3plus-mobilenet-v2-w05_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.seen_only(_base_))
