# Few-label learning on VOC 2012 (SPNet, figure 5), needs a GPU. See
# few_label_voclayout.py. Not run here.
net = 'deeplabv2-r101-d8_1xb10-2k_voc12aug-spnet-321x321'
zero_label = 'deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321'
numbers = '{{$ZS_NUMBERS:1,2,5,10,20}}'
exec(open('{{ fileDirname }}/../_base_/includes/few_label_recipe.py').read())
