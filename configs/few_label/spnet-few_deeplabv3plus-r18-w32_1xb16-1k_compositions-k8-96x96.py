# Few-label SPNet on the embedded data set; see the config for VOC's layout.
_base_ = '../spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.few_label(
    _base_,
    load_from='work_dirs/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth',
    num_images=5,
    draw_seed=0))

optim_wrapper = dict(optimizer=dict(lr=0.0005))
