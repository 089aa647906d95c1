# ZS3Net's setting on VOC 2012 (tables 1, 2 and 4), DeepLabv3+ R101. It needs a
# GPU. Run it by the name of a split, such as voc12-zs3-k4.
base = 'zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312.py'  # noqa: E501
splits = [f'voc12-zs3-k{k}' for k in (2, 4, 6, 8, 10)]
split = splits[0]
words = 'glove-6b-50d'
iterations = dict(generator=20000, classifier=10000, joint=20000)
stages = dict(bank=dict(max_vectors=128, batch_size=8))
