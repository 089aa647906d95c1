# SPNet beside the same network without semantic projection: the steps of a
# recipe, run by it (see zs3net_step_1.py for why). The recipe sets net.
steps = [
    dict(
        name=name,
        tool='train',
        config=f'configs/spnet/{config}_{net}.py',
        report=True) for name, config in (('seen', 'seenonly'), ('spnet',
                                                                 'spnet'))
]
