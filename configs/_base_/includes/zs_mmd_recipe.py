# Recursive training beside ZS3Net and its own ablations, from one bank: the
# steps of a recipe, run by it (see zs3net_step_1.py for why). The recipe sets
# seen, generator, classifier and recursion, the configs, and settings: an
# environment by ending of the steps' names.
#
# 'joint' is the control: what the last rows do, without recursion. The rows
# 'equal' and 'final' are those of the paper's table III.
steps = []
for ending, given in settings.items():
    features = dict(
        given,
        ZS_SEEN=f'{{seen{ending}.checkpoint}}',
        ZS_BANK=f'{{bank{ending}.folder}}/bank')
    trained = dict(
        features, ZS_GENERATOR=f'{{generator{ending}.checkpoint}}')
    steps += [
        dict(
            name=f'seen{ending}',
            tool='train',
            config=seen,
            env=given,
            seeded=False,
            report=True),
        dict(
            name=f'bank{ending}',
            tool='build_feature_bank',
            config=generator,
            load=f'seen{ending}',
            env=given,
            arguments=['--out', '{folder}/bank'],
            seeded=False),
        dict(
            name=f'generator{ending}',
            tool='train',
            config=generator,
            env=features),
        dict(
            name=f'zs3net{ending}',
            tool='train',
            config=classifier,
            env=trained,
            report=True),
    ]
    for row, weighting in dict(
            joint='off', equal='equal', final='normalized').items():
        steps.append(
            dict(
                name=f'{row}{ending}',
                tool='train',
                config=recursion,
                env=dict(trained, ZS_RECURSION=weighting),
                report=True))
