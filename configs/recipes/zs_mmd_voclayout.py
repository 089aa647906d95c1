# Recursive training with the ZS-MMD loss beside ZS3Net on a folder of your own
# in VOC's layout, on a CPU, with the ablation of the paper's table III. Data,
# words and split are taken from the environment, as in
# configs/spnet/spnet_*_voclayout-256x256.py:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat \
#       python tools/run_recipe.py zs_mmd_voclayout --seeds 0 1 2 3 4
#
# tau and gamma are chosen on validation classes, seen ones held out:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_VALIDATION=horse,sheep \
#       ZS_HOLD_OUT=1 python tools/sweep.py zs_mmd_voclayout --step final \
#       --key model.decode_head.recursion.tau=0.5,0.7,0.85 \
#       model.decode_head.recursion.gamma=0.0125,0.1,1
net = 'deeplabv3plus-efficientnet-lite0'
data = 'voclayout'
seen = f'configs/spnet/seenonly_{net}_1xb8-1k_{data}-256x256.py'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
recursion = f'configs/zs_mmd/zs-mmd-s2_{net}_1xb1-1k_{data}.py'
settings = {'': {}}
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd_recipe.py').read())
