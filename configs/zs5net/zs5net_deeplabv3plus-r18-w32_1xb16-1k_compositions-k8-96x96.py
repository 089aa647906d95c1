# ZS5Net on the embedded data set: ZS3Net goes on learning from seen labels and
# from pseudo-labels that it gives the pixels without a seen label.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_TRAINED:work_dirs/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8/iter_1000.pth}}'  # noqa: E501
pseudo_labels = dict(
    path='{{$ZS_PSEUDO_LABELS:work_dirs/zs3net-s2_deeplabv3plus-r18-w32_1xb1-1k_compositions-k8/pseudo_labels}}',
    p=25.0)
unlabelled = '{{$ZS_UNLABELLED:none}}'
exec(open('{{ fileDirname }}/../_base_/includes/zs5net.py').read())
