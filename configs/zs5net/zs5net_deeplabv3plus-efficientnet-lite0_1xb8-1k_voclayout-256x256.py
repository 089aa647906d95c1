# ZS5Net on a folder in VOC's layout, on a CPU (see the SPNet config for what
# the environment changes): ZS3Net goes on learning from seen labels and from
# pseudo-labels of unseen classes, which it gives the unlabelled pixels of the
# training images, or the images that ZS_UNLABELLED lists (one name a line),
# whose own labels this step then does not read:
#
#   python tools/pseudo_label.py configs/zs5net/THIS.py ZS3NET.pth
#   ZS_TRAINED=ZS3NET.pth python tools/train.py configs/zs5net/THIS.py
_base_ = [
    '../spnet/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_TRAINED:work_dirs/zs3net-s2_deeplabv3plus-efficientnet-lite0_1xb1-1k_voclayout/iter_1000.pth}}'  # noqa: E501
pseudo_labels = dict(
    path='{{$ZS_PSEUDO_LABELS:work_dirs/zs3net-s2_deeplabv3plus-efficientnet-lite0_1xb1-1k_voclayout/pseudo_labels}}',
    p=25.0)
unlabelled = '{{$ZS_UNLABELLED:none}}'
exec(open('{{ fileDirname }}/../_base_/includes/zs5net.py').read())
