# What graph context changes in ZS3Net's step 1, run by a config at its end
# (see zs3net_step_1.py for why). Its base is the plain step 1; it sets
# context.
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
