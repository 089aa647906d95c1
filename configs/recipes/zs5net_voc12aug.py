# ZS5Net after ZS3Net on VOC 2012 (table 4), needs a GPU. ZS_SPLIT is one of
# voc12-zs3-k{2,4,6,8,10}, ZS_P the percentage of pixels that are kept,
# ZS_ROUNDS how often the model labels and is trained on.
# Give every split a --work-dir of its own.
net = 'deeplabv3plus-r101-d16'
data = 'voc12aug-zs3'
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_recipe.py').read())
steps = [step for step in steps if step['name'] != 'devise']
self_training = f'configs/zs5net/zs5net_{net}_1xb8-20k_{data}-312x312.py'
p = float('{{$ZS_P:25}}')
rounds = int('{{$ZS_ROUNDS:1}}')
gamma = 0.0  # of the models that label
options = {}
exec(open('{{ fileDirname }}/../_base_/includes/zs5net_recipe.py').read())
