# Recursive training with the ZS-MMD loss beside ZS3Net on Pascal-Context,
# needs a GPU: table II of its paper, whose text has VOC's unseen classes here
# too (ZS_LIST=context-recursive); ZS3Net's own list, the default, is another.
# ZS_K lists numbers of unseen classes; each has tau and gamma as printed.
net = 'deeplabv3plus-r101-d16'
data = 'context-zs3'
seen = f'configs/zs3net/zs3net-s0_{net}_1xb8-20k_{data}-312x312.py'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-20k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-10k_{data}.py'
recursion = f'configs/zs_mmd/zs-mmd-s2_{net}_1xb1-10k_{data}.py'
unseen = '{{$ZS_LIST:context-zs3}}'
settings = {}
for number in '{{$ZS_K:2,4,6,8,10}}'.split(','):
    settings[f'-k{number}'] = dict(ZS_SPLIT=f'{unseen}-k{number}')
exec(open('{{ fileDirname }}/../_base_/includes/zs_mmd_recipe.py').read())
