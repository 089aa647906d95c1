# The steps of a few-label recipe, run by it at its end: it sets net and
# zero_label, the ends of the configs' names, and numbers. Both methods start
# alike: SPNet that went on from 'seen' would have been trained for twice as
# long as the baseline.
steps = [
    # Zero-label: where the fine-tuning of each starts.
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{zero_label}.py',
        seeded=False,
        report=True),
    dict(
        name='spnet',
        tool='train',
        config=f'configs/spnet/spnet_{zero_label}.py',
        seeded=False,
        report=True),
]
for n in numbers.split(','):
    for method, start in (('spnet', 'spnet'), ('finetuned', 'seen')):
        steps.append(
            dict(
                name=f'{method}-{n}',
                tool='train',
                config=f'configs/fewlabel/{method}-few_{net}.py',
                load=start,
                env=dict(
                    ZS_NUM_IMAGES=n,
                    ZS_DRAW_SEED='{seed}',
                    ZS_MANIFEST='{folder}/drawn.json'),
                report=True))
# FLSS: unseen classes compete alone; GFLSS: all do.
for name, score in (('flss', 'Vanilla mIoU'), ('gflss', 'Overall mIoU'),
                    ('gflss-unseen', 'Unseen mIoU')):
    steps.append(
        dict(
            name=name,
            tool='plot',
            arguments=[
                'curves', '{results}', '--x', 'n', '--xlabel',
                'n images per class', '--log', '--method', 'SPNet',
                'fine-tuned', '--scores', score, '--out',
                '{folder}/' + name
            ],
            final=True,
            report=False))
del n, method, start, name, score
