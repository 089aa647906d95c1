# Zero-shot cross-validation (SPNet, section 4): train without the validation
# classes, tune any config keys and gamma on them, then train with all seen
# classes. No label of an unseen class is used. For any config that reads its
# split from the environment:
#
#   python tools/run_recipe.py cross_validation --seeds 0 1 2
#   ZS_CONFIG=configs/spnet/MY.py ZS_UNSEEN=cow,cat ZS_VALIDATION=horse \
#       ZS_TUNE='optim_wrapper.optimizer.lr=0.0002,0.0005' \
#       python tools/run_recipe.py cross_validation --work-dir work_dirs/cv
#
# ZS_TUNE holds keys with their values, separated by spaces (lists as
# KEY=[[1,2],[3]]): all combinations are tried, on the seeds of ZS_TUNE_SEEDS.
# A key may change the network: every step gets the keys. The validation
# classes are held out by ZS_HOLD_OUT=1, or for configs that take a shipped
# split by its name (ZS_SPLIT) by ZS_CV_SPLIT, the name that ends in -cv.
#
# Keys and gamma are scored on the config's own validation images, without
# their unseen labels; the paper sets images aside for this. ZS_CV_VAL_LIST is
# a list of such images, as a path below the data root, for data sets that take
# one (ann_file). Leave them out of the training list, too.
config = '{{$ZS_CONFIG:configs/spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py}}'  # noqa: E501
tuned = '{{$ZS_TUNE:optim_wrapper.optimizer.lr=0.0025,0.005,0.01}}'.split()
tune_seeds = '{{$ZS_TUNE_SEEDS:0}}'.split()
cv_split = '{{$ZS_CV_SPLIT:none}}'
cv_list = '{{$ZS_CV_VAL_LIST:none}}'

held_out = dict(ZS_HOLD_OUT='1', ZS_DEMO_SPLIT='compositions-k8-cv')
if cv_split != 'none':
    held_out = dict(ZS_SPLIT=cv_split)
keys = [text.partition('=')[0] for text in tuned]
best = {key: '{tune.value:' + key + '}' for key in keys}
aside = {}
if cv_list != 'none':
    aside['val_dataloader.dataset.dataset.ann_file'] = cv_list
steps = [
    dict(
        name='tune',
        tool='sweep',
        config='configs/recipes/cross_validation_trial.py',
        env=held_out,
        arguments=[
            # A key may change the network, so that gamma's step needs it, too.
            '--step', 'held-out', 'gamma', '--key', *tuned, '--seeds',
            *tune_seeds, '--work-dir', '{folder}'
        ],
        options=aside,
        seeded=False,
        report=False),
    # Once more with the best values, for the gamma that goes with them.
    dict(
        name='held-out',
        tool='train',
        config=config,
        env=held_out,
        options=dict(best, **aside),
        seeded=False,
        report=False),
    dict(
        name='gamma',
        tool='calibrate',
        config=config,
        load='held-out',
        env=held_out,
        options=dict(best, **aside),
        arguments=['--out', '{folder}'],
        seeded=False,
        report=False),
    # All seen classes train again; the real unseen ones are scored once.
    dict(
        name='final',
        tool='train',
        config=config,
        options={
            **best, 'model.decode_head.gamma':
            '{gamma.value:model.decode_head.gamma}'
        },
        report=True),
]
