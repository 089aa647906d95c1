# SPNet and ZS3Net on the embedded data set with a small MobileNetV2.
net = 'deeplabv3plus-mobilenet-v2-w05'
exec(open('{{ fileDirname }}/../_base_/includes/backbone_recipe.py').read())
