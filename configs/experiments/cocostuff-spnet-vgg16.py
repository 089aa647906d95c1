# As cocostuff-spnet, with the paper's VGG-16.
_base_ = './cocostuff-spnet.py'
base = 'spnet/seenonly_deeplabv2-vgg16-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'  # noqa: E501
variant = dict(network='VGG-16')
