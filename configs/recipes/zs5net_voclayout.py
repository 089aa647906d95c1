# ZS3Net and, trained on by its own pseudo-labels, ZS5Net on a folder of your
# own in VOC's layout, on a CPU. Data, words and split are taken from the
# environment, as in configs/spnet/spnet_*_voclayout-256x256.py; ZS_P is the
# percentage of pixels that are kept, ZS_ROUNDS how often the model labels and
# is trained on. zs5net_p_voclayout chooses p on validation classes:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_P=50 \
#       python tools/run_recipe.py zs5net_voclayout --seeds 0 1 2
#
# ZS_UNLABELLED lists images of ZS_TRAIN_LIST whose own labels the steps of
# self-training do not read. The steps before them do, seen labels only, unless
# ZS_LABELLED_LIST is their list of images, without these:
#
#   ZS_TRAIN_LIST=all.txt ZS_LABELLED_LIST=labelled.txt \
#       ZS_UNLABELLED=/data/my_voc/unlabelled.txt ...
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
labelled = '{{$ZS_LABELLED_LIST:none}}'
# Images of the steps before self-training.
images = {} if labelled == 'none' else dict(ZS_TRAIN_LIST=labelled)

features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}_1xb8-1k_{data}-256x256.py',
        env=images,
        seeded=False,
        report=True),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=generator,
        load='seen',
        env=images,
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
