# The paper's baseline (section 3.2, eq. 6): SPNet's network under the hinge
# loss, margin 1 against one random wrong class a pixel, or against all of them
# with full_sum=True.
_base_ = './spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.hvsl(_base_, full_sum=False))
