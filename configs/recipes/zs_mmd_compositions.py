# Recursive training with the ZS-MMD loss beside ZS3Net on the embedded data
# set, with the ablation of the paper's table III:
#
#   python tools/run_recipe.py zs_mmd_compositions --seeds 0 1 2 3 4
#
# tau and gamma are chosen on the split's validation classes:
#
#   ZS_DEMO_SPLIT=compositions-k8-cv \
#       python tools/sweep.py zs_mmd_compositions \
#       --step final --key model.decode_head.recursion.tau=0.5,0.7,0.85 \
#       model.decode_head.recursion.gamma=0.0125,0.1,1 \
#       model.decode_head.unseen_prior=0.027
net = 'deeplabv3plus-r18-w32'
data = 'compositions-k8'
seen = f'configs/spnet/seenonly_{net}_1xb16-1k_{data}-96x96.py'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
recursion = f'configs/zs_mmd/zs-mmd-s2_{net}_1xb1-1k_{data}.py'
settings = {'': {}}
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd_recipe.py').read())
