# SPNet on VOC 2012 with the paper's DeepLab-v2: the VOC half of table 3 and of
# figure 4, and the hinge baseline. It needs a GPU. The word vectors are made
# once; see configs/spnet/README.md.
base = 'spnet/seenonly_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
split = 'voc12-spnet'
words = [
    'data/embeddings/voc21_fasttext_300.npz',
    'data/embeddings/voc21_word2vec_300.npz'
]
stages = {
    # The branches end in the width of the class vectors.
    'spnet': dict(segmentor='MultiScaleZeroShotSegmentor', project=False),
    'few-label-spnet': dict(learning_rate=0.0001, iterations=2000),
    'few-label-finetuned': dict(learning_rate=0.0001, iterations=2000),
}
