# SPNet on COCO-Stuff (Xian et al., CVPR 2019, section 4), fastText beside
# word2vec. Paper: zero-label mIoU of the unseen classes 35.2 (table 2 and 3);
# generalised, seen 34.05 and unseen 0.2, calibrated 34.52 and 8.33, hIoU 13.42
# (figure 4). Not run here: it needs a GPU, the data and the weights.
#
# The word vectors are made once, with the words' own files:
#
#   mmseg-zeroshot build-embeddings --dataset cocostuff171 \
#       --source crawl-300d-2M.vec \
#       --out data/embeddings/cocostuff171_fasttext_300.npz
#   mmseg-zeroshot build-embeddings --dataset cocostuff171 \
#       --source GoogleNews-vectors-negative300.bin \
#       --out data/embeddings/cocostuff171_word2vec_300.npz
#
# ZS_SPLIT=cocostuff-spnet-cv holds the paper's validation classes out, for
# mmseg-zeroshot calibrate.
_base_ = [
    '../_base_/models/deeplabv2_r101-d8.py',
    '../_base_/datasets/cocostuff164k.py',
    '../_base_/schedules/schedule_deeplabv2_100k.py',
    '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.combine(
    stages.spnet(
        _base_,
        split='{{$ZS_SPLIT:cocostuff-spnet}}',
        embeddings=[
            'data/embeddings/cocostuff171_fasttext_300.npz',
            'data/embeddings/cocostuff171_word2vec_300.npz'
        ],
        segmentor='MultiScaleZeroShotSegmentor',
        gamma=0.0,  # the released code calibrates with 0.4
        # The branches end in the width of the class vectors.
        project=False,
        num_classes=171),
    dict(default_hooks=dict(checkpoint=dict(interval=10000)))))
