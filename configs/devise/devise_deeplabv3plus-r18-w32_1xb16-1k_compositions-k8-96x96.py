# DeViSE, ZS3Net's baseline, on the embedded data set: pixel
# features regress the class vector, the nearest by cosine is the class.
_base_ = '../spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.devise(_base_))
