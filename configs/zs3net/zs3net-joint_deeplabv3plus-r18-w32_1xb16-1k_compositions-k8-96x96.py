# ZS3Net on the embedded data set: stages 1 and 2 in every iteration,
# on images. ZS_RECIPE=released trains as the authors' code does, with the
# true masks of unseen classes.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_joint(
    _base_,
    load_from='work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth',
    iterations=1000))
