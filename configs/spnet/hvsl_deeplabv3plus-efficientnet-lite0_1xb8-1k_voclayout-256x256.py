# The paper's baseline (section 3.2, eq. 6): SPNet's network under the hinge
# loss, margin 1 against one random wrong class a pixel.
_base_ = './spnet_deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256.py'  # noqa: E501
model = dict(
    decode_head=dict(
        host=dict(
            loss_decode=dict(_delete_=True, type='HingeVisualSemanticLoss'))))
default_hooks = dict(results=dict(method='HVSL'))
