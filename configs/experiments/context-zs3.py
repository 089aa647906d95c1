# ZS3Net's setting on Pascal-Context (tables 3 and 4), DeepLabv3+ R101, and
# recursive training's own lists of unseen classes. It needs a GPU. Run it by
# the name of a split, such as context-zs3-k4.
base = 'zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py'  # noqa: E501
splits = [
    f'context-{unseen}-k{k}' for unseen in ('zs3', 'recursive')
    for k in (2, 4, 6, 8, 10)
]
split = splits[0]
words = 'glove-6b-50d'
iterations = dict(generator=20000, classifier=10000, joint=20000)
stages = dict(bank=dict(max_vectors=64, batch_size=8), zs5net=dict(p=75.0))
