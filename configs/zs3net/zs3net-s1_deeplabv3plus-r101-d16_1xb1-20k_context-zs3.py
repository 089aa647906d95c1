# ZS3Net, step 1, on Pascal-Context: the generator, trained on
# a bank of features of step 0's network:
#
#   python tools/build_feature_bank.py configs/zs3net/THIS.py STEP_0.pth
#   python tools/train.py configs/zs3net/THIS.py
#
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    './zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312/iter_20000.pth}}'  # noqa: E501
bank = '{{$ZS_BANK:work_dirs/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312/bank}}'  # noqa: E501
bank_vectors, bank_batch = 64, 8
iterations = 20000
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_step_1.py').read())
