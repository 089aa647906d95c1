# ZS3Net with graph context, stage 1, on the dense embedded data set:
# the generator of graphs, on a bank with each image's region graph. The same
# command builds the bank, which serves plain ZS3Net too:
#
#   mmseg-zeroshot build-feature-bank configs/zs3net/THIS.py STAGE_0.pth
#   mmseg-zeroshot train configs/zs3net/THIS.py
#
# Other files: --cfg-options load_from=STAGE_0.pth
# train_dataloader.dataset.bank=BANK (the first tool's --out).
# ZS_RECIPE picks the recipe: strict (default) or paper.
_base_ = './zs3net-s1_deeplabv3plus-r18-w32_1xb1-1k_compositions-dense-k8.py'
from mmseg_zeroshot.experiments import stages

# Share of a node that comes through the graph; the paper's is 1.
globals().update(stages.graph_generator(_base_, context=1.0))
