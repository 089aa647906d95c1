# SPNet on VOC 2012 with ZS3Net's network, DeepLabv3+ R101. It needs a GPU.
base = 'spnet/seenonly_deeplabv3plus-r101-d16_1xb10-20k_voc12aug-spnet-321x321.py'  # noqa: E501
split = 'voc12-spnet'
words = 'glove-6b-50d'
seen_once = False
