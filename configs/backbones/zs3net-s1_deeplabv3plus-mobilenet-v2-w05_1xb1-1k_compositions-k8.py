# ZS3Net, stage 1, on the embedded data set with a small MobileNetV2: the
# generator, trained on a bank of features of stage 0's network:
#
#   mmseg-zeroshot build-feature-bank configs/backbones/THIS.py STAGE_0.pth
#   mmseg-zeroshot train configs/backbones/THIS.py
#
# Other files: --cfg-options load_from=STAGE_0.pth
# train_dataloader.dataset.bank=BANK (the first tool's --out).
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    './seenonly_deeplabv3plus-mobilenet-v2-w05_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.zs3net_generator(
    _base_,
    load_from='work_dirs/seenonly_deeplabv3plus-mobilenet-v2-w05_1xb16-1k_compositions-k8-96x96/iter_1000.pth',
    bank='work_dirs/seenonly_deeplabv3plus-mobilenet-v2-w05_1xb16-1k_compositions-k8-96x96/bank',
    max_vectors=64,
    batch_size=32,
    iterations=1000))
