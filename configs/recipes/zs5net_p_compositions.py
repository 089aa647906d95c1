# p of self-training on the embedded data set: tried on validation classes,
# with the curve of figure 5 in shared/p/sweep.png, then ZS3Net and ZS5Net with
# the best one and all seen classes. ZS_P_VALUES are tried on the seeds of
# ZS_TUNE_SEEDS, in every round of ZS_ROUNDS:
#
#   ZS_TUNE_SEEDS='0 1 2' python tools/run_recipe.py zs5net_p_compositions \
#       --seeds 0 1 2
_base_ = './zs5net_compositions.py'
trial = 'configs/recipes/zs5net_compositions.py'
held_out = dict(ZS_DEMO_SPLIT='compositions-k8-cv')
values = '{{$ZS_P_VALUES:10,25,50,100}}'.split(',')
seeds = '{{$ZS_TUNE_SEEDS:0}}'.split()
exec(open('{{ fileDirname }}/../_base_/includes/zs5net_p_recipe.py').read())
