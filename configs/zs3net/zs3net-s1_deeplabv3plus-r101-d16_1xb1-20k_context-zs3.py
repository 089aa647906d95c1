# ZS3Net, stage 1, on Pascal-Context: the generator, trained on
# a bank of features of stage 0's network:
#
#   mmseg-zeroshot build-feature-bank configs/zs3net/THIS.py STAGE_0.pth
#   mmseg-zeroshot train configs/zs3net/THIS.py
#
# Other files: --cfg-options load_from=STAGE_0.pth
# train_dataloader.dataset.bank=BANK (the first tool's --out).
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    './zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_generator(
    _base_,
    load_from='work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312/iter_20000.pth',
    bank='work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312/bank',
    max_vectors=64,
    batch_size=8,
    iterations=20000))
