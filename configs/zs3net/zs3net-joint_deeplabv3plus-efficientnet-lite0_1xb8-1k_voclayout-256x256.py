# ZS3Net on a folder in VOC's layout, on a CPU (see the SPNet config
# for what the environment changes): steps 1 and 2 in every iteration,
# on images. ZS_RECIPE=released trains as the authors' code does, with the
# true masks of unseen classes.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256/iter_1000.pth}}'  # noqa: E501
iterations = 1000
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_joint.py').read())
