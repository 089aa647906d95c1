# ZS3Net, stage 1, on the embedded data set: the generator, trained on
# a bank of features of stage 0's network:
#
#   mmseg-zeroshot build-feature-bank configs/zs3net/THIS.py STAGE_0.pth
#   mmseg-zeroshot train configs/zs3net/THIS.py
#
# Other files: --cfg-options load_from=STAGE_0.pth
# train_dataloader.dataset.bank=BANK (the first tool's --out).
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

# For a minute on a CPU: half the paper's vectors per class, and, but for the
# recipe that keeps to what is printed, five times its learning rate, at which
# the generator's loss stops falling in so few steps.
globals().update(stages.zs3net_generator(
    _base_,
    load_from='work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth',
    bank='work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/bank',
    max_vectors=64,
    batch_size=32,
    iterations=1000,
    num_vectors=64,
    learning_rate=0.001))
