# ZS3Net beside DeViSE on a GPU: the steps of a recipe, run by it (see
# zs3net_step_1.py for why). The recipe sets net and data.
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
