# SPNet on COCO-Stuff, needs a GPU: tables 2 and 3 and figure 4. gamma is
# chosen on the paper's validation classes, by a training of its own without
# them.
net = 'deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321'
rows = ('spnet', 'spnet-fasttext', 'spnet-word2vec', 'hvsl', 'hvsl-fasttext',
        'hvsl-word2vec')
calibrated = dict(spnet='none')
held_out = dict(ZS_SPLIT='{{$ZS_SPLIT:cocostuff-spnet}}-cv')
exec(open('{{ fileDirname }}/../_base_/includes/spnet_paper_recipe.py').read())
exec(open('{{ fileDirname }}/../_base_/includes/calibrated_recipe.py').read())
