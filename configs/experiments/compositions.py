# The embedded data set with schedules of full length, on a CPU: 37 classes
# made of a texture, a colour and a shape; 8 unseen, 4 for validation.
data = 'compositions'
split = 'compositions-k8'
words = 'glove-6b-50d'
network = 'deeplabv3plus_r18-w32'
schedule = 'adamw_1k'
seen_once = False
stages = dict(
    bank=dict(max_vectors=64, batch_size=32),
    generator=dict(num_vectors=64, learning_rate=0.001))
