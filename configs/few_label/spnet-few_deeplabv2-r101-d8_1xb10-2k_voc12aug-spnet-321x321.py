# Few-label SPNet on VOC 2012 (Xian et al., CVPR 2019, section 4.2): the zero-
# label SPNet, fine-tuned on n images of every class for 2,000 iterations.
# Paper: unseen mIoU 71.52 at n = 1 where the fine-tuned network has 29.17
# (FLSS, figure 5 a), and an overall mIoU 21.24 above its (GFLSS, figure 5 b).
# n is 1, 2, 5, 10 or 20 (`num_images`). Not run here: it needs a GPU and the
# data.
_base_ = '../spnet/spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
from mmseg_zeroshot.experiments import stages

globals().update(stages.combine(
    stages.few_label(
        _base_,
        load_from='work_dirs/spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321/iter_20000.pth',
        num_images=5,
        draw_seed=0),
    stages.shorter(_base_, iterations=2000)))

optim_wrapper = dict(optimizer=dict(lr=0.0001))
