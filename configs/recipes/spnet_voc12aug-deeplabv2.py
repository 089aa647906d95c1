# SPNet on VOC 2012 with the paper's networks, needs a GPU: the VOC half of
# table 3 and of figure 4, and the hinge baseline. gamma is chosen on the
# paper's validation classes, by a training of its own without them. Not run
# here.
net = 'deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321'
rows = ('spnet', 'hvsl')
calibrated = dict(spnet='none')
held_out = dict(ZS_SPLIT='{{$ZS_SPLIT:voc12-spnet}}-cv')
exec(open('{{ fileDirname }}/../_base_/includes/spnet_paper_recipe.py').read())
exec(open('{{ fileDirname }}/../_base_/includes/calibrated_recipe.py').read())
