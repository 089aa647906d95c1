# Few-label SPNet on the embedded data set; see the config for VOC's layout.
_base_ = '../spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
num_images = int('{{$ZS_NUM_IMAGES:5}}')
draw_seed = int('{{$ZS_DRAW_SEED:0}}')
manifest = '{{$ZS_MANIFEST:none}}'
load_from = '{{$ZS_ZERO_LABEL:work_dirs/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth}}'  # noqa: E501
exec(open('{{ fileDirname }}/../_base_/includes/few_label.py').read())
optim_wrapper = dict(optimizer=dict(lr=0.0005))
