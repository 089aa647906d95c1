# The paper's baseline (section 3.2, eq. 6): SPNet's network under the hinge
# loss, margin 1 against one random wrong class a pixel.
_base_ = './spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'
model = dict(
    decode_head=dict(
        host=dict(
            loss_decode=dict(_delete_=True, type='HingeVisualSemanticLoss'))))
default_hooks = dict(results=dict(method='HVSL'))
