# Calibrated rows, run by a recipe at its end (see zs3net_step_1.py for why).
# Each gamma is chosen on validation classes, by trainings of their own that
# hold these out, once for all seeds; no label of an unseen class has a part in
# it.
# The recipe sets steps; calibrated, the gamma as text of each step that is
# tested again, 'none' for one to be chosen; held_out, the environment that
# holds the validation classes out. It may set held_out_options, more config
# keys of held-out steps, by step, and tunable: False where there are no
# validation classes, and so no row without a gamma.
held_out_options = globals().get('held_out_options', {})
if not globals().get('tunable', True):
    calibrated = {
        name: gamma
        for name, gamma in calibrated.items() if gamma != 'none'
    }
known = {step['name']: step for step in steps}
copied = {name for name, gamma in calibrated.items() if gamma == 'none'}
for step in reversed(steps):
    if step['name'] in copied:
        texts = [*step.get('env', {}).values(), *step.get('arguments', ())]
        copied.update(
            name for name in known if name == step.get('load')
            or any(f'{{{name}.' in text for text in texts))


def held(text):
    """Return a text that refers to the held-out copies of steps."""
    for name in known:
        text = text.replace(f'{{{name}.', f'{{held-out-{name}.')
    return text


for name, step in known.items():
    if name not in copied:
        continue
    copy = dict(
        step,
        name=f'held-out-{name}',
        env=dict(
            {key: held(text)
             for key, text in step.get('env', {}).items()}, **held_out),
        options=dict(
            step.get('options', {}), **held_out_options.get(name, {})),
        arguments=[held(text) for text in step.get('arguments', ())],
        seeded=False,
        report=False)
    if step.get('load'):
        copy['load'] = f'held-out-{step["load"]}'
    steps.append(copy)
    if calibrated.get(name) == 'none':
        steps.append(
            dict(
                copy,
                name=f'gamma-{name}',
                tool='calibrate',
                load=f'held-out-{name}',
                arguments=['--out', '{folder}']))
for name, gamma in calibrated.items():
    if gamma == 'none':
        gamma = f'{{gamma-{name}.value:model.decode_head.gamma}}'
    steps.append(
        dict(
            known[name],
            name=f'{name}-calibrated',
            tool='test',
            load=name,
            options=dict(known[name].get('options', {}),
                         **{'model.decode_head.gamma': gamma})))
del known, copied, held, calibrated, held_out, held_out_options
