# SPNet and ZS3Net on the embedded data set with a small MobileNetV2, both
# started from the same network; iterations are fewer than in the demo.
data = 'compositions'
split = 'compositions-k8'
words = 'glove-6b-50d'
network = 'deeplabv3plus_mobilenet-v2-w05'
schedule = 'adamw_1k'
seen_once = False
start = 'seen'
iterations = dict(seen=700, spnet=500)
stages = dict(bank=dict(max_vectors=64, batch_size=32))
variant = dict(network='MobileNetV2')
# Not calibrated, as in the results: that would train both methods twice.
gamma = dict(spnet=None, zs3net=None)
