# ZS3Net, step 2, on the embedded data set: the classifier, on real features of
# seen and generated features of unseen classes.
_base_ = './zs3net-s1_deeplabv3plus-mobilenet-v2-w05_1xb1-1k_compositions-k8.py'  # noqa: E501
load_from = '{{$ZS_GENERATOR:work_dirs/zs3net-s1_deeplabv3plus-mobilenet-v2-w05_1xb1-1k_compositions-k8/iter_1000.pth}}'  # noqa: E501
iterations = 1000
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_step_2.py').read())
