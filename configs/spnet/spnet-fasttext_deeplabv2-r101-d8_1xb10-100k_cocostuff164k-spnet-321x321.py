# Paper, table 2: zero-label mIoU of the unseen classes 33.1. Not run here.
_base_ = './spnet_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'
embeddings = 'data/embeddings/cocostuff171_fasttext_300.npz'
model = dict(
    decode_head=dict(embeddings=embeddings, host=dict(channels=300)))
default_hooks = dict(results=dict(method='SPNet (fastText)'))
