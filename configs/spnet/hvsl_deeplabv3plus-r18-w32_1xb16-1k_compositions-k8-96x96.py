# The paper's baseline (section 3.2, eq. 6): SPNet's network under the hinge
# loss, margin 1 against one random wrong class a pixel.
_base_ = './spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.hvsl(_base_))
