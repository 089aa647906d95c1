# Recursive training with the ZS-MMD loss on a folder in VOC's layout: in
# place of ZS3Net's step 2, on the bank. Generator and classifier train
# together; what the classifier is sure of draws the generator.
# For a CPU; the SPNet config says what the environment changes.
# ZS_RECURSION: normalized (default), raw or equal weights, or off.
_base_ = '../zs3net/zs3net-s2_deeplabv3plus-efficientnet-lite0_1xb1-1k_voclayout.py'  # noqa: E501
iterations, start = 1000, 250
weighting = '{{$ZS_RECURSION:normalized}}'
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd.py').read())
