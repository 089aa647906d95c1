# SPNet with VGG-16 under Adam (section 4, "Implementation details"); each
# branch has the two layers that VGG's fully connected ones become (DeepLab-v2,
# "ASPP-L"). Paper: zero-label mIoU of the unseen classes 26.3 (table 3). Not
# run here.
_base_ = './spnet_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'
model = dict(
    data_preprocessor=dict(mean=[123.675, 116.28, 103.53], bgr_to_rgb=True),
    pretrained='open-mmlab://vgg16_caffe',
    backbone=dict(
        _delete_=True, type='VGG16', output_stride=8, out_indices=(4, )),
    decode_head=dict(host=dict(in_channels=512, hidden_channels=1024)))
optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='Adam', lr=0.0001, weight_decay=0.0005))
default_hooks = dict(results=dict(method='SPNet (VGG-16)'))
