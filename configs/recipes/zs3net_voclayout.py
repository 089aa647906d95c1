# ZS3Net under all three recipes beside its baselines, on a folder of your own
# in VOC's layout, on a CPU. Data, words and split are taken from the
# environment, as in configs/spnet/spnet_*_voclayout-256x256.py:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat \
#       python tools/run_recipe.py zs3net_voclayout --seeds 0 1 2
#
# The network of step 0 is trained once; seeds differ in what follows. The
# gammas are ZS_SPNET_GAMMA and ZS_ZS3NET_GAMMA: choose them on held-out
# validation classes with tools/calibrate.py.
net = 'deeplabv3plus-efficientnet-lite0'
data = 'voclayout'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
joint = f'configs/zs3net/zs3net-joint_{net}_1xb8-1k_{data}-256x256.py'
spnet = f'configs/spnet/spnet_{net}_1xb8-1k_{data}-256x256.py'
spnet_gamma = float('{{$ZS_SPNET_GAMMA:0.5}}')
zs3net_gamma = float('{{$ZS_ZS3NET_GAMMA:0.5}}')

features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}_1xb8-1k_{data}-256x256.py',
        seeded=False,
        report=True),
    dict(name='spnet', tool='train', config=spnet, report=True),
    dict(
        name='spnet-calibrated',
        tool='test',
        config=spnet,
        load='spnet',
        options={'model.decode_head.gamma': spnet_gamma}),
    dict(
        name='devise',
        tool='train',
        config=f'configs/devise/devise_{net}_1xb8-1k_{data}-256x256.py',
        report=True),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=generator,
        load='seen',
        arguments=['--out', '{folder}/bank'],
        seeded=False),
]
for label in ('strict', 'paper'):
    at = dict(features, ZS_RECIPE=label)
    steps += [
        dict(
            name=f'{label}-generator',
            tool='train',
            config=generator,
            env=at),
        dict(
            name=f'{label}-zs3net',
            tool='train',
            config=classifier,
            env=dict(at, ZS_GENERATOR=f'{{{label}-generator.checkpoint}}'),
            report=True),
        dict(
            name=f'{label}-zs3net-calibrated',
            tool='test',
            config=classifier,
            load=f'{label}-zs3net',
            env=dict(ZS_RECIPE=label),
            options={'model.decode_head.gamma': zs3net_gamma}),
    ]
released = dict(ZS_SEEN='{seen.checkpoint}', ZS_RECIPE='released')
steps += [
    dict(
        name='released-zs3net',
        tool='train',
        config=joint,
        env=released,
        report=True),
    dict(
        name='released-zs3net-calibrated',
        tool='test',
        config=joint,
        load='released-zs3net',
        env=dict(ZS_RECIPE='released'),
        options={'model.decode_head.gamma': zs3net_gamma}),
]
