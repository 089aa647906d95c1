# SPNet on VOC 2012 (Xian et al., CVPR 2019, section 4), fastText beside
# word2vec. Paper: zero-label mIoU of the unseen classes 49.5 (table 3);
# generalised, unseen 0.01 and, calibrated, 29.33 with hIoU 42.45 (others,
# running its released code, got an hIoU of 26.1). Not run here: it needs a
# GPU, the data and the weights.
#
# The word vectors are made once, with the words' own files:
#
#   mmseg-zeroshot build-embeddings --dataset voc21 \
#       --source crawl-300d-2M.vec \
#       --out data/embeddings/voc21_fasttext_300.npz
#   mmseg-zeroshot build-embeddings --dataset voc21 \
#       --source GoogleNews-vectors-negative300.bin \
#       --out data/embeddings/voc21_word2vec_300.npz
#
# ZS_SPLIT=voc12-spnet-cv holds the paper's validation classes out, for
# mmseg-zeroshot calibrate.
_base_ = [
    '../_base_/models/deeplabv2_r101-d8.py',
    '../_base_/datasets/voc12_aug_spnet.py',
    '../_base_/schedules/schedule_deeplabv2_20k.py',
    '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.spnet(
    _base_,
    split='{{$ZS_SPLIT:voc12-spnet}}',
    embeddings=[
        'data/embeddings/voc21_fasttext_300.npz',
        'data/embeddings/voc21_word2vec_300.npz'
    ],
    segmentor='MultiScaleZeroShotSegmentor',
    gamma=0.0,  # the released code calibrates with 0.6
    # The branches end in the width of the class vectors.
    project=False))
