# SPNet and ZS3Net on the embedded data set with another network, run by a
# recipe (see zs3net_step_1.py for why). The recipe sets net. Iterations are
# fewer than in make demo, and both methods start from the same network.
generator = f'configs/backbones/zs3net-s1_{net}_1xb1-1k_compositions-k8.py'
classifier = f'configs/backbones/zs3net-s2_{net}_1xb1-1k_compositions-k8.py'
images = f'{net}_1xb16-1k_compositions-k8-96x96'


def shorter(iterations):
    """Return what ends a training on images after so many iterations."""
    warm_up = iterations // 10
    return {
        'train_cfg.max_iters': iterations,
        'train_cfg.val_interval': iterations,
        'param_scheduler.0.end': warm_up,
        'param_scheduler.1.begin': warm_up,
        'param_scheduler.1.end': iterations
    }


features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/backbones/seenonly_{images}.py',
        options=shorter(700),
        report=True),
    dict(
        name='spnet',
        tool='train',
        config=f'configs/backbones/spnet_{images}.py',
        load='seen',
        options=shorter(500),
        report=True),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=generator,
        load='seen',
        arguments=['--out', '{folder}/bank']),
    dict(name='generator', tool='train', config=generator, env=features),
    dict(
        name='zs3net',
        tool='train',
        config=classifier,
        env=dict(features, ZS_GENERATOR='{generator.checkpoint}'),
        report=True),
]
