# SPNet and ZS3Net on the embedded data set with a small SegFormer.
net = 'segformer-mit-w16'
exec(open('{{ fileDirname }}/../_base_/includes/backbone_recipe.py').read())
