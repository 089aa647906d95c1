# What every run of this package shares.
custom_imports = dict(imports=['mmseg_zeroshot'], allow_failed_imports=False)
default_scope = 'mmseg'
env_cfg = dict(
    cudnn_benchmark=True,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))
default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50, log_metric_by_epoch=False),
    param_scheduler=dict(type='ParamSchedulerHook'),
    # The last checkpoint is always kept: the schedule chooses it. `save_best`
    # on unseen classes would tune on them, and ConsistencyHook refuses it.
    # Stages of less than 20000 iterations save oftener: ten times at least.
    checkpoint=dict(
        type='CheckpointHook', by_epoch=False, interval=2000,
        max_keep_ckpts=2),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    # Ours: a panel of images with unseen classes after each validation.
    visualization=dict(type='ZeroShotVisualizationHook'),
    # Ours: one training in a work dir; --resume goes on with its own work;
    # none goes on with numbers that are not finite.
    one_run=dict(type='OneRunHook'),
    stage_start=dict(type='StageStartHook'),
    finite=dict(type='FiniteHook'),
    # Ours: a resumed training ends with the bits of an uninterrupted one.
    step_seed=dict(type='StepSeedHook'),
    run_state=dict(type='RunStateHook'),
    # Ours: no unseen label reaches a loss; head, data and checkpoint agree on
    # split and words; every evaluation leaves a zero_shot_results.json.
    label_leak=dict(type='LabelLeakHook'),
    consistency=dict(type='ConsistencyHook'),
    results=dict(type='ZeroShotResultsHook', method='', supervision='strict'))
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(
    type='SegLocalVisualizer', vis_backends=vis_backends, name='visualizer')
log_processor = dict(by_epoch=False)
log_level = 'INFO'
load_from = None
resume = False
randomness = dict(seed=0)
