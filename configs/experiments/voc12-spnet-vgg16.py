# As voc12-spnet-deeplabv2, with the paper's VGG-16.
_base_ = './voc12-spnet-deeplabv2.py'
base = 'spnet/seenonly_deeplabv2-vgg16-d8_1xb10-20k_voc12aug-spnet-321x321.py'
variant = dict(network='VGG-16')
