# ZS3Net beside ZS3Net + graph context (strict and paper layouts) on a densely
# labelled folder, on a CPU. Data, words and split are taken from the
# environment, as in configs/zs3net/zs3net-s0_*_folders-176x176.py:
#
#   ZS_DATA_ROOT=/data/camvid python tools/run_recipe.py zs3net-gc_folders \
#       --seeds 0 1 2 3 4
net = 'deeplabv3plus-efficientnet-lite0'
data = 'folders'
seen = f'configs/zs3net/zs3net-s0_{net}_1xb8-1k_{data}-176x176.py'
schedules = ('1k', '1k')
# A few hundred images do not need 1,000 iterations.
first_training = {
    'train_cfg.max_iters': 400,
    'train_cfg.val_interval': 400,
    'param_scheduler.0.end': 40,
    'param_scheduler.1.begin': 40,
    'param_scheduler.1.end': 400
}
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_gc_recipe.py').read())
