# Few-label learning (SPNet, figure 5) on the embedded data set, on a CPU. See
# few_label_voclayout.py.
net = 'deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96'
zero_label = net
numbers = '{{$ZS_NUMBERS:1,2,5,10,20}}'
exec(open('{{ fileDirname }}/../_base_/includes/few_label_recipe.py').read())
