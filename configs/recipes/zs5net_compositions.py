# ZS3Net and, trained on by its own pseudo-labels, ZS5Net on the embedded data
# set. ZS_P is the percentage of pixels that are kept, ZS_ROUNDS how often the
# model labels and is trained on. zs5net_p_compositions chooses p on validation
# classes.
net = 'deeplabv3plus-r18-w32'
data = 'compositions-k8'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
self_training = f'configs/zs5net/zs5net_{net}_1xb16-1k_{data}-96x96.py'
p = float('{{$ZS_P:25}}')
rounds = int('{{$ZS_ROUNDS:1}}')
gamma = 0.0  # of the models that label


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


# As long as in make demo, and SPNet's fine-tuning there.
options = shorter(700)
features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}_1xb16-1k_{data}-96x96.py',
        options=shorter(600),
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
exec(open('{{ fileDirname }}/../_base_/includes/zs5net_recipe.py').read())
