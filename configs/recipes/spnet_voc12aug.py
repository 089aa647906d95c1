# SPNet on VOC 2012, needs a GPU. Calibrated with the released code's gamma.
net = 'deeplabv3plus-r101-d16_1xb10-20k_voc12aug-spnet-321x321'
spnet = f'configs/spnet/spnet_{net}.py'
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
        options={'model.decode_head.gamma': 0.6}),
]
