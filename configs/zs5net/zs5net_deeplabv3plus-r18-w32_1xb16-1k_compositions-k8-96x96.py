# ZS5Net on the embedded data set: ZS3Net goes on learning from seen labels and
# from pseudo-labels that it gives the pixels without a seen label.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.self_training(
    _base_,
    load_from='work_dirs/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8/iter_1000.pth',
    pseudo_labels='work_dirs/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8/pseudo_labels',
    percent=25.0))
