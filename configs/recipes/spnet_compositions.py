# SPNet on the embedded data set, trained from scratch, beside the same network
# without semantic projection.
net = 'deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96'
spnet = f'configs/spnet/spnet_{net}.py'
# make demo's: chosen on validation classes, with its schedule (see
# zs3net_compositions.py).
spnet_gamma = 0.22
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}.py',
        report=True,
        seconds=160),
    dict(name='spnet', tool='train', config=spnet, report=True, seconds=160),
    dict(
        name='spnet-calibrated',
        tool='test',
        config=spnet,
        load='spnet',
        options={'model.decode_head.gamma': spnet_gamma},
        seconds=15),
]
