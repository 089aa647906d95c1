# Few-label SPNet (paper section 4.2, figure 5): a zero-label SPNet is fine-
# tuned on n images of every class, in which the labels of the class that they
# were drawn for stay, unseen or not. On a folder in VOC's layout, on a CPU;
# see the zero-label config for the data's variables.
#
#   ZS_NUM_IMAGES=1 ZS_ZERO_LABEL=spnet/iter_1000.pth \
#       python tools/train.py configs/fewlabel/THIS.py
#
# ZS_DRAW_SEED draws other images; ZS_MANIFEST is the file that names them.
_base_ = '../spnet/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
num_images = int('{{$ZS_NUM_IMAGES:5}}')
draw_seed = int('{{$ZS_DRAW_SEED:0}}')
manifest = '{{$ZS_MANIFEST:none}}'
load_from = '{{$ZS_ZERO_LABEL:work_dirs/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256/iter_1000.pth}}'  # noqa: E501
# Chosen on a held-out validation class, with 1, 5 and 20 images.
optim_wrapper = dict(
    optimizer=dict(lr=0.0001 if num_images == 1 else 0.0005))
exec(open('{{ fileDirname }}/../_base_/includes/few_label.py').read())
# A handful of images would be learned by heart; and a CPU saves the time.
model['backbone'] = dict(frozen_stages=7)
