# Recursive training with the ZS-MMD loss beside ZS3Net on VOC 2012, needs a
# GPU: tables I and III of its paper ('equal' and 'final'). ZS_K lists numbers
# of unseen classes; each has tau and gamma as printed. ZS_RECIPE=paper trains
# ZS3Net as it is printed.
net = 'deeplabv3plus-r101-d16'
data = 'voc12aug-zs3'
seen = f'configs/zs3net/zs3net-s0_{net}_1xb8-20k_{data}-312x312.py'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-20k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-10k_{data}.py'
recursion = f'configs/zs_mmd/zs-mmd-s2_{net}_1xb1-10k_{data}.py'
settings = {}
for number in '{{$ZS_K:2,4,6,8,10}}'.split(','):
    settings[f'-k{number}'] = dict(ZS_SPLIT=f'voc12-zs3-k{number}')
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd_recipe.py').read())
