# Few-label SPNet (paper section 4.2, figure 5), second stage: a zero-label
# SPNet is fine-tuned on n images of every class, in which the labels of the
# class that they were drawn for stay, unseen or not. On a folder in VOC's
# layout, on a CPU; see the zero-label config for the data's variables. Vanilla
# scores are FLSS, generalised ones GFLSS.
#
#   ZS_NUM_IMAGES=1 ZS_ZERO_LABEL=spnet/iter_1000.pth \
#       python tools/train.py configs/fewlabel/THIS.py
#
# ZS_DRAW_SEED draws other images; ZS_MANIFEST is the file that names them.
_base_ = '../spnet/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
num_images = int('{{$ZS_NUM_IMAGES:5}}')
draw_seed = int('{{$ZS_DRAW_SEED:0}}')
manifest = '{{$ZS_MANIFEST:none}}'
if manifest == 'none':
    manifest = f'work_dirs/few_label/n{num_images}-seed{draw_seed}.json'
load_from = '{{$ZS_ZERO_LABEL:work_dirs/spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256/iter_1000.pth}}'  # noqa: E501

model = dict(
    # A handful of images would be learned by heart; and a CPU saves the time.
    backbone=dict(frozen_stages=7),
    decode_head=dict(trains_unseen=True))
train_dataloader = dict(
    dataset=dict(
        mode='few',
        few=dict(num_images=num_images, seed=draw_seed, manifest=manifest)))
optim_wrapper = dict(optimizer=dict(lr=0.0001))
default_hooks = dict(
    stage_start=dict(type='StageStartHook'),
    results=dict(label='few-label', variant=dict(n=num_images)))
