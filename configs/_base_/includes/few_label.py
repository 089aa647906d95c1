# The second stage of few-label learning (SPNet, section 3.1: "Two-stage
# training"), run by a config at its end: its base is a zero-label config, and
# it sets num_images, draw_seed, manifest and load_from. Vanilla scores are
# FLSS, generalised ones GFLSS.
if manifest == 'none':
    name = getattr(_base_.split, 'name', _base_.split)
    manifest = f'work_dirs/few_label/{name}-n{num_images}-seed{draw_seed}.json'
    del name
model = dict(decode_head=dict(trains_unseen=True))
train_dataloader = dict(
    dataset=dict(
        mode='few',
        few=dict(num_images=num_images, seed=draw_seed, manifest=manifest)))
default_hooks = dict(
    stage_start=dict(type='StageStartHook'),
    results=dict(label='few-label', variant=dict(n=num_images)))
# Used up: a later change of them would do nothing.
del num_images, draw_seed, manifest
