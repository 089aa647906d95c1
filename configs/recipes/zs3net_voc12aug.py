# ZS3Net and DeViSE on VOC 2012 (tables 1 and 2), needs a GPU. ZS_SPLIT is one
# of voc12-zs3-k{2,4,6,8,10}; ZS_RECIPE=paper or gan changes the recipe.
# Give every split and recipe a --work-dir of its own.
net = 'deeplabv3plus-r101-d16'
data = 'voc12aug-zs3'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-20k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-10k_{data}.py'
features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/zs3net/zs3net-s0_{net}_1xb8-20k_{data}-312x312.py',
        seeded=False,
        report=True),
    dict(
        name='devise',
        tool='train',
        config=f'configs/devise/devise_{net}_1xb8-20k_{data}-312x312.py',
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
