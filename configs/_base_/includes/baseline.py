# A baseline of ZS3Net on ZS3Net's own network, run by a config at its end (see
# zs3net_step_1.py for why). Its base is step 0; it sets head, loss and method.
model = dict(
    type='ZeroShotSegmentor',
    decode_head=dict(
        _delete_=True,
        type=head,
        split=_base_.split,
        embeddings=_base_.embeddings,
        host=dict(_base_.model.decode_head, loss_decode=dict(type=loss))))
default_hooks = dict(results=dict(method=method))
# Used up: a later change of them would do nothing.
del head, loss, method
