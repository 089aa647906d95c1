# ZS3Net as its authors' code trains it, for comparison only: the true masks of
# unseen classes are layout and target of generated features, so this is not
# zero-shot. Online and jointly: use it with the zs3net-joint configs.
# One Adam for both: the released code has SGD (lr 0.07) for the classifier.
_base_ = './strict.py'
recipe = dict(
    label='released',
    head=dict(
        type='ReleasedRetrainedHead',
        unseen_weight=100.0,
        normalize='max',
        generator=dict(noise='uniform'),
        mmd=dict(reading='released')),
    # Unseen labels stay, and so the hook that forbids them has to go.
    images=dict(mode='keep'),
    hooks_left_out=['label_leak'])
