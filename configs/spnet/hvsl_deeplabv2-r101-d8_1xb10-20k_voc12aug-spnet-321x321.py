# The paper's baseline (section 3.2, eq. 6): SPNet's network under the hinge
# loss, margin 1 against one random wrong class a pixel, or against all of them
# with full_sum=True.
_base_ = './spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
model = dict(
    decode_head=dict(
        host=dict(
            loss_decode=dict(
                _delete_=True,
                type='HingeVisualSemanticLoss',
                full_sum=False))))
default_hooks = dict(results=dict(method='HVSL'))
