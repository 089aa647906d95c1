# Self-training after the steps of a recipe, run by it (see zs3net_step_1.py
# for why): the model labels, and is trained on, as often as there are rounds.
# The recipe sets steps (one is called zs3net), self_training (a config of
# configs/zs5net), p, gamma (of the models that label), rounds and options (of
# the trainings).
from mmseg_zeroshot.datasets.self_training.selection import check_percent

# Now, not when ZS3Net has trained for hours.
check_percent(p)
if rounds < 1:
    raise ValueError(f'ZS_ROUNDS={rounds} must be at least 1')
teacher = 'zs3net'
for number in range(1, rounds + 1):
    end = '' if number == 1 else f'-{number}'
    steps += [
        dict(
            name=f'pseudo-labels{end}',
            tool='pseudo_label',
            config=self_training,
            load=teacher,
            arguments=['--out', '{folder}/labels'],
            options={
                'pseudo_labels.p': p,
                'model.decode_head.gamma': gamma
            }),
        dict(
            name=f'zs5net{end}',
            tool='train',
            config=self_training,
            env=dict(
                ZS_TRAINED=f'{{{teacher}.checkpoint}}',
                ZS_PSEUDO_LABELS=f'{{pseudo-labels{end}.folder}}/labels'),
            options=options,
            report=True),
    ]
    teacher = f'zs5net{end}'
