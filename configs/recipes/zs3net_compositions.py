# `make demo`: ZS3Net beside its baselines on the embedded data set, one table.
#
# SPNet, DeViSE and ZS3Net start from the network that was trained on the seen
# classes. A row is calibrated by testing the same checkpoint again.
net = 'deeplabv3plus-r18-w32'
data = 'compositions-k8'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
spnet = f'configs/spnet/spnet_{net}_1xb16-1k_{data}-96x96.py'

# Chosen by tools/calibrate.py on the split's validation classes, held out of a
# training of their own (ZS_DEMO_SPLIT=compositions-k8-cv, the steps below);
# never on unseen classes.
spnet_gamma = 0.22
zs3net_gamma = 0.25

# Shorter than the configs' 1,000 iterations: the first leaves it to the steps
# after it to go on from there.
first_training = {
    'train_cfg.max_iters': 600,
    'train_cfg.val_interval': 600,
    'param_scheduler.0.end': 60,
    'param_scheduler.1.begin': 60,
    'param_scheduler.1.end': 600
}
# Fewer than SPNet's, to stay under ten minutes: not a fair comparison.
fine_tuning = {
    'train_cfg.max_iters': 400,
    'train_cfg.val_interval': 400,
    'param_scheduler.0.end': 40,
    'param_scheduler.1.begin': 40,
    'param_scheduler.1.end': 400
}
# SPNet learns its projection from nothing.
projection_training = {
    'train_cfg.max_iters': 700,
    'train_cfg.val_interval': 700,
    'param_scheduler.0.end': 70,
    'param_scheduler.1.begin': 70,
    'param_scheduler.1.end': 700
}
features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}_1xb16-1k_{data}-96x96.py',
        options=first_training,
        report=True,
        seconds=155),
    dict(
        name='spnet',
        tool='train',
        config=spnet,
        load='seen',
        options=projection_training,
        report=True,
        seconds=180),
    dict(
        name='spnet-calibrated',
        tool='test',
        config=spnet,
        load='spnet',
        options={'model.decode_head.gamma': spnet_gamma},
        seconds=15),
    dict(
        name='devise',
        tool='train',
        config=f'configs/devise/devise_{net}_1xb16-1k_{data}-96x96.py',
        load='seen',
        options=fine_tuning,
        report=True,
        seconds=100),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=generator,
        load='seen',
        arguments=['--out', '{folder}/bank'],
        seconds=30),
    dict(
        name='generator',
        tool='train',
        config=generator,
        env=features,
        seconds=45),
    dict(
        name='zs3net',
        tool='train',
        config=classifier,
        env=dict(features, ZS_GENERATOR='{generator.checkpoint}'),
        report=True,
        seconds=45),
    dict(
        name='zs3net-calibrated',
        tool='test',
        config=classifier,
        load='zs3net',
        options={'model.decode_head.gamma': zs3net_gamma},
        seconds=15),
]
