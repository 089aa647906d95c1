# p of self-training chosen on validation classes (the paper's figure 5), then
# ZS3Net and ZS5Net with it: the steps of a recipe, run by it (see
# zs3net_step_1.py for why). Its base is the recipe to be run, at the path
# trial; it sets held_out (the environment that holds validation classes out),
# values and seeds (of the sweep), as text.
from mmseg_zeroshot.datasets.self_training.selection import check_percent

for value in values:
    check_percent(float(value))
# Every round has the same p, and the last one is scored.
rounds_of_labels = [
    step.name for step in _base_.steps if step.tool == 'pseudo_label'
]
steps = [
    dict(
        name='p',
        tool='sweep',
        config=trial,
        env=held_out,
        arguments=[
            '--step', *rounds_of_labels, '--score-step', _base_.steps[-1].name,
            '--key', f'pseudo_labels.p={",".join(values)}', '--seeds', *seeds,
            '--work-dir', '{folder}'
        ],
        seeded=False,
        report=False)
]
for step in _base_.steps:
    if step.name in rounds_of_labels:
        step = dict(
            step,
            options=dict(
                step.options,
                **{'pseudo_labels.p': '{p.value:pseudo_labels.p}'}))
    steps.append(step)
# Used up: a later change of them would do nothing.
del value, values, seeds, held_out, trial, rounds_of_labels, step
