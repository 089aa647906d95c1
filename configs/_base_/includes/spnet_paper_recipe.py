# SPNet's own networks on one of its data sets: the steps of a recipe, run by
# it (see zs3net_step_1.py for why). The recipe sets net, the end of the
# configs' names, and rows, their beginnings; VGG-16 comes last.
steps = [
    dict(
        name=name,
        tool='train',
        config=f'configs/spnet/{name}_{net}.py',
        report=True) for name in rows
]
steps.append(
    dict(
        name='spnet-vgg16',
        tool='train',
        config=f'configs/spnet/spnet_{net.replace("r101", "vgg16")}.py',
        report=True))
