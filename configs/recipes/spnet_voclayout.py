# SPNet on a folder of your own in VOC's layout, beside the same network
# without semantic projection. For the environment see zs3net_voclayout.py.
net = 'deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256'
spnet = f'configs/spnet/spnet_{net}.py'
spnet_gamma = float('{{$ZS_SPNET_GAMMA:0.5}}')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}.py',
        report=True),
    dict(name='spnet', tool='train', config=spnet, report=True),
    dict(
        name='spnet-calibrated',
        tool='test',
        config=spnet,
        load='spnet',
        options={'model.decode_head.gamma': spnet_gamma}),
]
