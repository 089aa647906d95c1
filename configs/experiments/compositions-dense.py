# The dense embedded data set, for graph context, on a CPU: objects on grounds,
# every pixel with a class.
data = 'compositions_dense'
split = 'compositions-dense-k8'
words = 'glove-6b-50d'
network = 'deeplabv3plus_r18-w32'
schedule = 'adamw_1k'
stages = dict(
    bank=dict(max_vectors=64, batch_size=32),
    generator=dict(num_vectors=64, learning_rate=0.001))
