# Recursive training with the ZS-MMD loss on the embedded data set: a stage of
# its own after ZS3Net's step 2, on the bank. Generator and classifier train
# together; what the classifier is sure of draws the generator.
# ZS_RECURSION: normalized (default), raw or equal weights, or off.
_base_ = '../zs3net/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8.py'
load_from = '{{$ZS_CLASSIFIER:work_dirs/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8/iter_1000.pth}}'  # noqa: E501
iterations, start = 1000, 0
weighting = '{{$ZS_RECURSION:normalized}}'
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd.py').read())
