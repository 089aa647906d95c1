# p of self-training on a folder of your own in VOC's layout: tried on
# validation classes, with the curve of figure 5 in shared/p/sweep.png, then
# ZS3Net and ZS5Net with the best one and all seen classes. The environment is
# that of zs5net_voclayout; ZS_P_VALUES are tried on the seeds of
# ZS_TUNE_SEEDS, in every round of ZS_ROUNDS:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_VALIDATION=horse \
#       python tools/run_recipe.py zs5net_p_voclayout --seeds 0 1 2
_base_ = './zs5net_voclayout.py'
trial = 'configs/recipes/zs5net_voclayout.py'
held_out = dict(ZS_HOLD_OUT='1')
values = '{{$ZS_P_VALUES:10,25,50,100}}'.split(',')
seeds = '{{$ZS_TUNE_SEEDS:0}}'.split()
exec(open('{{ fileDirname }}/../_base_/includes/zs5net_p_recipe.py').read())
