# ZS3Net, step 1, on a folder in VOC's layout, on a CPU (see the SPNet config
# for what the environment changes): the generator, trained on
# a bank of features of step 0's network:
#
#   python tools/build_feature_bank.py configs/zs3net/THIS.py STEP_0.pth
#   python tools/train.py configs/zs3net/THIS.py
#
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    '../spnet/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256/iter_1000.pth}}'  # noqa: E501
bank = '{{$ZS_BANK:work_dirs/seenonly_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256/bank}}'  # noqa: E501
bank_vectors, bank_batch = 128, 4
iterations = 1000
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_step_1.py').read())
