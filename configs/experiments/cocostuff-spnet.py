# SPNet on COCO-Stuff with the paper's DeepLab-v2: tables 2 and 3 and figure 4.
# It needs a GPU. The word vectors are made once; see configs/spnet/README.md.
base = 'spnet/seenonly_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'  # noqa: E501
split = 'cocostuff-spnet'
words = [
    'data/embeddings/cocostuff171_fasttext_300.npz',
    'data/embeddings/cocostuff171_word2vec_300.npz'
]
stages = {
    # The branches end in the width of the class vectors.
    'spnet': dict(segmentor='MultiScaleZeroShotSegmentor', project=False),
    'few-label-spnet': dict(learning_rate=0.0001, iterations=2000),
    'few-label-finetuned': dict(learning_rate=0.0001, iterations=2000),
}
