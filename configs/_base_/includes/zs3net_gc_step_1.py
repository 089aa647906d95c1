# What graph context changes in ZS3Net's step 1, run by a config at its end
# (see zs3net_step_1.py for why). Its base is the plain step 1; it sets
# context.
if (_base_.recipe.head.type, _base_.recipe.head.generator.type) != (
        'GeneratorRetrainedHead', 'GMMNGenerator'):
    raise ValueError(
        f'{_base_.recipe.method} (label {_base_.recipe.label!r}) trains '
        f'{_base_.recipe.head.type} with {_base_.recipe.head.generator.type}, '
        'which has no graph context: set ZS_RECIPE to strict or paper')
model = dict(
    data_preprocessor=dict(type='GraphDataPreProcessor'),
    decode_head=dict(
        type='GraphRetrainedHead',
        generator=dict(type='GraphGMMNGenerator', context=context)))
feature_bank = dict(graphs=dict(min_pixels=4, pixels=8))
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='GraphBankDataset',
        bank=_base_.train_dataloader.dataset.bank,
        split=_base_.split,
        checkpoint=_base_.load_from,
        num_graphs=32,
        node_features='pixels'))
# Used up: a later change of it would do nothing.
del context
