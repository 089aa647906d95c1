# Recursive training with the ZS-MMD loss on a folder in VOC's layout, on
# images: ZS3Net's steps 1 and 2 in every iteration, from half of them on with
# recursion (the paper does not print its start). To go on from step 2 instead,
# name its checkpoint in ZS_SEEN and set ZS_START=0.
# For a CPU; the SPNet config says what the environment changes.
# ZS_RECURSION: normalized (default), raw or equal weights, or off.
_base_ = '../zs3net/zs3net-joint_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
start = int('{{$ZS_START:500}}')
weighting = '{{$ZS_RECURSION:normalized}}'
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd.py').read())
