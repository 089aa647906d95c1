# SPNet on the network of a config's bases, run by the config at its end (see
# zs3net_step_1.py for why). The config sets split and embeddings.
model = dict(
    type='ZeroShotSegmentor',
    data_preprocessor=dict(size=_base_.crop_size),
    decode_head=dict(
        _delete_=True,
        type='SemanticProjectionHead',
        split=split,
        embeddings=embeddings,
        gamma=0.0,
        host=_base_.model.decode_head))
train_dataloader = dict(dataset=dict(split=split))
val_dataloader = dict(dataset=dict(split=split))
test_dataloader = val_dataloader
