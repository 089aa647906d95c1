# As cocostuff-spnet, with fastText alone.
_base_ = './cocostuff-spnet.py'
words = 'data/embeddings/cocostuff171_fasttext_300.npz'
# The branches end in the width of these vectors.
options = {
    method: {'model.decode_head.host.channels': 300}
    for method in ('spnet', 'hvsl')
}
