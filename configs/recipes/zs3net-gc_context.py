# ZS3Net beside ZS3Net + graph context (strict and paper layouts) on
# Pascal-Context (table 3), needs a GPU. ZS_SPLIT is one of
# context-zs3-k{2,4,6,8,10}. Give every split a --work-dir of its own.
net = 'deeplabv3plus-r101-d16'
data = 'context-zs3'
seen = f'configs/zs3net/zs3net-s0_{net}_1xb8-20k_{data}-312x312.py'
schedules = ('20k', '10k')
first_training = dict()
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_gc_recipe.py').read())
