# ZS3Net as its authors' code trains it, for comparison only: the true masks of
# unseen classes are layout and target of generated features, so this is not
# zero-shot. Online and jointly: use it with the zs3net-joint configs.
# One Adam for both, fifty times as fast for the classifier, which starts far
# from any solution: the released code has SGD at lr 0.07 for it.
_base_ = './strict.py'
recipe = dict(
    supervision='released',
    head=dict(
        _delete_=True,
        type='ReleasedRetrainedHead',
        unseen_weight=100.0,
        normalize='max',
        num_vectors=128,
        generator=dict(
            type='GMMNGenerator',
            noise='uniform',
            loss=dict(type='MMDLoss', reading='released'))),
    joint=dict(
        paramwise_cfg=dict(
            custom_keys={'decode_head.classifier': dict(lr_mult=50.0)})),
    # Its head begins with numbers of its own in place of stage 0's classifier.
    restart=[],
    # Unseen labels stay, and so the hook that forbids them has to go.
    images=dict(mode='keep'),
    hooks_left_out=['label_leak'])
