# ZS3Net and, trained on by its own pseudo-labels, ZS5Net on a folder of your
# own in VOC's layout, on a CPU. Data, words and split are taken from the
# environment, as in configs/spnet/spnet_*_voclayout-256x256.py; ZS_UNLABELLED
# lists images whose own labels are not read, ZS_P is the percentage of pixels
# that are kept, ZS_ROUNDS how often the model labels and is trained on:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_P=50 \
#       python tools/run_recipe.py zs5net_voclayout --seeds 0 1 2
#
# p is chosen on validation classes, which takes the place of figure 5:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_VALIDATION=horse \
#       ZS_HOLD_OUT=1 python tools/sweep.py zs5net_voclayout \
#       --step pseudo-labels --score-step zs5net \
#       --key pseudo_labels.p=10,25,50,100
net = 'deeplabv3plus-efficientnet-lite0'
data = 'voclayout'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
self_training = f'configs/zs5net/zs5net_{net}_1xb8-1k_{data}-256x256.py'
p = float('{{$ZS_P:25}}')
rounds = int('{{$ZS_ROUNDS:1}}')
# Of the models that label; ZS_GAMMA is that of all evaluations.
gamma = float('{{$ZS_ZS3NET_GAMMA:0}}')
options = {}

features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}_1xb8-1k_{data}-256x256.py',
        seeded=False,
        report=True),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=generator,
        load='seen',
        arguments=['--out', '{folder}/bank'],
        seeded=False),
    dict(name='generator', tool='train', config=generator, env=features),
    dict(
        name='zs3net',
        tool='train',
        config=classifier,
        env=dict(features, ZS_GENERATOR='{generator.checkpoint}'),
        report=True),
]
exec(open('{{ fileDirname }}/../_base_/includes/zs5net_recipe.py').read())
