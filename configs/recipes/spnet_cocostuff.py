# SPNet on COCO-Stuff, needs a GPU: tables 2 and 3 and figure 4. Calibrated
# with the released code's gamma.
net = 'deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321'
vgg = net.replace('r101', 'vgg16')
steps = [
    dict(
        name=name,
        tool='train',
        config=f'configs/spnet/{name}_{net}.py',
        report=True) for name in (
            'spnet', 'spnet-fasttext', 'spnet-word2vec', 'hvsl',
            'hvsl-fasttext', 'hvsl-word2vec')
]
steps += [
    dict(
        name='spnet-vgg16',
        tool='train',
        config=f'configs/spnet/spnet_{vgg}.py',
        report=True),
    dict(
        name='spnet-calibrated',
        tool='test',
        config=f'configs/spnet/spnet_{net}.py',
        load='spnet',
        options={'model.decode_head.gamma': 0.4}),
]
