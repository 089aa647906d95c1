# ZS3Net beside ZS3Net with graph context: the steps of a recipe, run by it
# (see zs3net_step_1.py for why). The recipe sets net, data, seen (the config
# of step 0), schedules (of steps 1 and 2) and may set first_training. One
# network of step 0 and one bank serve all rows.
first, second = (f'_{net}_1xb1-{length}_{data}.py' for length in schedules)
features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=seen,
        options=first_training,
        seeded=False,
        report=True),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=f'configs/zs3net/zs3net-gc-s1{first}',
        load='seen',
        arguments=['--out', '{folder}/bank'],
        seeded=False),
]
for method, rows in (('zs3net', {'zs3net': 'strict'}),
                     ('zs3net-gc', {
                         'zs3net-gc': 'strict',
                         'zs3net-gc-paper': 'paper'
                     })):
    steps.append(
        dict(
            name=f'{method}-generator',
            tool='train',
            config=f'configs/zs3net/{method}-s1{first}',
            env=features))
    for row, layouts in rows.items():
        steps.append(
            dict(
                name=row,
                tool='train',
                config=f'configs/zs3net/{method}-s2{second}',
                env=dict(
                    features,
                    ZS_GENERATOR=f'{{{method}-generator.checkpoint}}',
                    ZS_LAYOUTS=layouts),
                report=True))
# Used up: a later change of them would do nothing.
del first, second, first_training, schedules, seen, net, data, features
del method, rows, row, layouts
