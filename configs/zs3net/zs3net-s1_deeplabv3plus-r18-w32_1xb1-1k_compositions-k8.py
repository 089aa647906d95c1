# ZS3Net, step 1, on the embedded data set: the generator, trained on
# a bank of features of step 0's network:
#
#   python tools/build_feature_bank.py configs/zs3net/THIS.py STEP_0.pth
#   python tools/train.py configs/zs3net/THIS.py
#
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth}}'  # noqa: E501
bank = '{{$ZS_BANK:work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/bank}}'  # noqa: E501
bank_vectors, bank_batch = 64, 32
iterations = 1000
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_step_1.py').read())
# Few steps for so many classes: at the paper's rate the generator's loss would
# still be falling after them.
optim_wrapper['optimizer'] = dict(_base_.recipe.generator_optimizer, lr=0.001)
