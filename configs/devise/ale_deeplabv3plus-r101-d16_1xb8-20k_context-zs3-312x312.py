# ALE, the other baseline of ZS3Net, on Pascal-Context:
# a ranking loss on the bilinear compatibility of features and class vectors.
# The paper prints no number of it here. ZS_SPLIT=context-zs3-k4 and so on
# picks K. Not run.
_base_ = '../zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_context-zs3-312x312.py'  # noqa: E501
model = dict(
    type='ZeroShotSegmentor',
    decode_head=dict(
        _delete_=True,
        type='SemanticProjectionHead',
        split=_base_.split,
        embeddings=_base_.embeddings,
        host=dict(
            _base_.model.decode_head, loss_decode=dict(type='ALELoss'))))
default_hooks = dict(results=dict(method='ALE'))
