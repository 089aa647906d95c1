# Few-label learning (SPNet, figure 5): SPNet and the fine-tuned plain network
# on n labelled images of every class, with the curves. On a folder of your own
# in VOC's layout, on a CPU; data, words and split are taken from the
# environment, as in configs/spnet/spnet_*_voclayout-256x256.py, and the n from
# ZS_NUMBERS:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_NUMBERS=1,5,20 \
#       python tools/run_recipe.py few_label_voclayout --seeds 0 1 2
#
# A seed draws images of its own; both methods are trained on the same, after
# as many iterations from the same weights.
net = 'deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256'
zero_label = net
numbers = '{{$ZS_NUMBERS:1,2,5,10,20}}'
exec(open('{{ fileDirname }}/../_base_/includes/few_label_recipe.py').read())
