# ZS3Net with graph context, stage 2, on the dense embedded data set:
# the classifier, on real features of seen classes and on features that are
# generated at the unseen nodes of layouts. `layouts` says which:
#
#   strict    graphs of seen images, renamed by word vectors (default)
#   paper     the training images' true masks; the result's supervision says so
#   FOLDER    PNG label maps of your own, such as sketches; likewise
_base_ = './zs3net-gc-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-dense-k8.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.graph_classifier(
    _base_,
    load_from='work_dirs/zs3net-gc-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-dense-k8/iter_1000.pth',
    layouts='strict',
    iterations=1000))
