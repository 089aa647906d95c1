# ZS3Net with graph context, stage 2, on Pascal-Context:
# the classifier, on real features of seen classes and on features that are
# generated at the unseen nodes of layouts. `layouts` says which:
#
#   strict    graphs of seen images, renamed by word vectors (default)
#   paper     the training images' true masks; the result's supervision says so
#   FOLDER    PNG label maps of your own, such as sketches; likewise
#
# Paper, table 3, hIoU for K = 2, 4, 6, 8, 10 (true masks as layouts): 34.8,
# 33.5, 26.7, 19.3, 17.8. Not run here.
_base_ = './zs3net-gc-s1_deeplabv3plus-r101-d16_1xb1-20k_context-zs3.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.graph_classifier(
    _base_,
    load_from='work_dirs/zs3net-gc-s1_deeplabv3plus-r101-d16_1xb1-20k_context-zs3/iter_20000.pth',
    layouts='strict',
    iterations=10000))
