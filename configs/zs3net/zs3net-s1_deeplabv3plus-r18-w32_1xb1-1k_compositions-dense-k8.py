# ZS3Net, stage 1, on the dense embedded data set, on a CPU: the generator,
# trained on a bank of features of stage 0's network:
#
#   mmseg-zeroshot build-feature-bank configs/zs3net/THIS.py STAGE_0.pth
#   mmseg-zeroshot train configs/zs3net/THIS.py
#
# Other files: --cfg-options load_from=STAGE_0.pth
# train_dataloader.dataset.bank=BANK (the first tool's --out).
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    './zs3net-s0_deeplabv3plus-r18-w32_1xb16-1k_compositions-dense-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

# For a minute on a CPU: as on the other embedded data set.
globals().update(stages.zs3net_generator(
    _base_,
    load_from='work_dirs/zs3net-s0_deeplabv3plus-r18-w32_1xb16-1k_compositions-dense-k8-96x96/iter_1000.pth',
    bank='work_dirs/zs3net-s0_deeplabv3plus-r18-w32_1xb16-1k_compositions-dense-k8-96x96/bank',
    max_vectors=64,
    batch_size=32,
    iterations=1000,
    num_vectors=64,
    learning_rate=0.001))
