# ZS3Net and DeViSE on VOC 2012 (tables 1 and 2), needs a GPU. ZS_SPLIT is one
# of voc12-zs3-k{2,4,6,8,10}; ZS_RECIPE=paper or gan changes the recipe.
# Give every split and recipe a --work-dir of its own.
net = 'deeplabv3plus-r101-d16'
data = 'voc12aug-zs3'
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_recipe.py').read())
