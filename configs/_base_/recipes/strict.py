# ZS3Net without any label of an unseen class, neither as a target nor as a
# layout (the default). The classifier learns from sets of vectors: real seen
# ones that count as often as their class occurs, to the power of 0.75 (with 1
# a rare class is lost to a generated one that looks like it; on validation
# classes .65 to .85 did better), and generated unseen ones that count as
# `unseen_prior` says (None: 1 / number of classes).
recipe = dict(
    supervision='strict',
    method='ZS3Net',
    head=dict(
        type='GeneratorRetrainedHead',
        generator=dict(
            type='GMMNGenerator',
            noise='gaussian',
            # `bandwidths` are in the unit of the features; None: the paper's.
            loss=dict(type='MMDLoss', reading='ours', bandwidths=None)),
        num_vectors=128,
        unseen_prior=None,
        frequency_power=0.75),
    # Printed for the generator; for the classifier the paper has no value: it
    # learns five times as fast.
    generator_optimizer=dict(type='Adam', lr=0.0002),
    classifier_optimizer=dict(type='Adam', lr=0.001),
    # Stage 2 trains a new classifier, and so does joint training: stage 0's
    # has learned to name no unseen class, and a validation class was found
    # less when stage 2 went on from it.
    restart=['decode_head.classifier'],
    # Both in one optimizer: Adam scales every parameter on its own.
    joint=dict(
        optimizer=dict(type='Adam', lr=0.0002),
        paramwise_cfg=dict(
            custom_keys={'decode_head.classifier': dict(lr_mult=5.0)})),
    # Training images as the data set's config has them.
    images=dict(),
    hooks_left_out=[])
