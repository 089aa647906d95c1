# Few-label SPNet on COCO-Stuff (Xian et al., CVPR 2019, section 4.2): the
# zero-label SPNet, fine-tuned on n images of every class for 2,000 iterations.
# Paper: unseen mIoU 47.90 at n = 1 where the fine-tuned network has 27.69
# (FLSS, figure 5 a). n is 1, 2, 5, 10 or 20 (`num_images`). Not run here: it
# needs a GPU and the data.
_base_ = '../spnet/spnet_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'  # noqa: E501
from mmseg_zeroshot.experiments import stages

globals().update(stages.combine(
    stages.few_label(
        _base_,
        load_from='work_dirs/spnet_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321/iter_100000.pth',
        num_images=5,
        draw_seed=0),
    stages.shorter(_base_, iterations=2000)))

optim_wrapper = dict(optimizer=dict(lr=0.0001))
