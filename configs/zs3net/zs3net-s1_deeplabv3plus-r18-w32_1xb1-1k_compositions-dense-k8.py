# ZS3Net, step 1, on the dense embedded data set, on a CPU: the generator,
# trained on a bank of features of step 0's network (see step 0 for what the
# environment changes):
#
#   python tools/build_feature_bank.py configs/zs3net/THIS.py STEP_0.pth
#   python tools/train.py configs/zs3net/THIS.py
#
# ZS_RECIPE picks the recipe: strict (default), paper or gan.
_base_ = [
    './zs3net-s0_deeplabv3plus-r18-w32_1xb16-1k_compositions-dense-k8-96x96.py',
    '../_base_/recipes/{{$ZS_RECIPE:strict}}.py'
]
load_from = '{{$ZS_SEEN:work_dirs/zs3net-s0_deeplabv3plus-r18-w32_1xb16-1k_compositions-dense-k8-96x96/iter_1000.pth}}'  # noqa: E501
bank = '{{$ZS_BANK:work_dirs/zs3net-s0_deeplabv3plus-r18-w32_1xb16-1k_compositions-dense-k8-96x96/bank}}'  # noqa: E501
bank_vectors, bank_batch = 64, 32
iterations = 1000
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_step_1.py').read())
# For a minute on a CPU: as on the other embedded data set.
model['decode_head']['num_vectors'] = 64
train_dataloader['dataset']['num_vectors'] = 64
if _base_.recipe.label != 'paper':
    optim_wrapper['optimizer'] = dict(
        _base_.recipe.generator_optimizer, lr=0.001)
