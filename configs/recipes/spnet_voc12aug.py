# SPNet on VOC 2012 with ZS3Net's network, needs a GPU. gamma is chosen on the
# paper's validation classes, by a training of its own without them.
net = 'deeplabv3plus-r101-d16_1xb10-20k_voc12aug-spnet-321x321'
calibrated = dict(spnet='none')
held_out = dict(ZS_SPLIT='{{$ZS_SPLIT:voc12-spnet}}-cv')
exec(open('{{ fileDirname }}/../_base_/includes/spnet_recipe.py').read())
exec(open('{{ fileDirname }}/../_base_/includes/calibrated_recipe.py').read())
