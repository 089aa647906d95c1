# ZS5Net, self-training: a trained ZS3Net goes on learning, all of it but the
# generator, from seen labels and from pseudo-labels that it gave itself. Run
# by a config at its end (see zs3net_step_1.py for why). Its bases are step 0
# and a recipe; it sets load_from (the trained ZS3Net), pseudo_labels and
# unlabelled (a list of images, or 'none').
model = dict(
    type='ZeroShotSegmentor',
    decode_head=dict(
        _delete_=True,
        phase='self-training',
        split=_base_.split,
        embeddings=_base_.embeddings,
        gamma=_base_.get('gamma', 0.0),
        host=_base_.model.decode_head,
        **_base_.recipe.head))
# The weights are ZS3Net's, wherever the network is told where to get some.
if 'pretrained' in _base_.model:
    model['pretrained'] = None
if 'pretrained' in _base_.model.backbone:
    model['backbone'] = dict(pretrained=False)
train_dataloader = dict(
    dataset=dict(
        pseudo_labels=dict(
            path=pseudo_labels['path'],
            # Pseudo-labels of another model are refused.
            checkpoint=load_from,
            unlabelled=None if unlabelled == 'none' else unlabelled)))
default_hooks = dict(results=dict(method='ZS5Net', label='self-training'))
custom_hooks = [dict(type='StageStartHook')]
# Used up: a later change of it would do nothing.
del unlabelled
