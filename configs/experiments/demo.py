# `make demo`: ZS3Net beside its baselines on the embedded data set, on a CPU,
# in minutes. SPNet and DeViSE start from the network of the seen classes.
data = 'compositions'
split = 'compositions-k8'
words = 'glove-6b-50d'
network = 'deeplabv3plus_r18-w32'
schedule = 'adamw_1k'
seen_once = False
start = 'seen'
# Shorter than the schedule: SPNet learns its projection from nothing, DeViSE
# has fewer iterations to keep the demo short, which is no fair comparison.
iterations = dict(seen=600, spnet=700, devise=400, zs5net=700)
# Chosen on the validation classes of the split, never on unseen ones; a run of
# this file without gamma chooses them.
gamma = {'spnet': 0.22, 'zs3net': 0.25, 'devise': None}
stages = dict(
    bank=dict(max_vectors=64, batch_size=32),
    generator=dict(num_vectors=64, learning_rate=0.001))
