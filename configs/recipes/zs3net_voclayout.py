# ZS3Net under all three recipes beside its baselines, on a folder of your own
# in VOC's layout, on a CPU. Data, words and split are taken from the
# environment, as in configs/spnet/spnet_*_voclayout-256x256.py:
#
#   ZS_DATA_ROOT=/data/my_voc ZS_UNSEEN=cow,cat ZS_VALIDATION=horse \
#       python tools/run_recipe.py zs3net_voclayout --seeds 0 1 2
#
# The network of step 0 is trained once; seeds differ in what follows. The
# gammas of the calibrated rows are chosen on the validation classes, by one
# more run of all steps without them, or are ZS_SPNET_GAMMA and
# ZS_ZS3NET_GAMMA; where there is neither there are no such rows.
net = 'deeplabv3plus-efficientnet-lite0'
data = 'voclayout'
generator = f'configs/zs3net/zs3net-s1_{net}_1xb1-1k_{data}.py'
classifier = f'configs/zs3net/zs3net-s2_{net}_1xb1-1k_{data}.py'
joint = f'configs/zs3net/zs3net-joint_{net}_1xb8-1k_{data}-256x256.py'
spnet = f'configs/spnet/spnet_{net}_1xb8-1k_{data}-256x256.py'

features = dict(ZS_SEEN='{seen.checkpoint}', ZS_BANK='{bank.folder}/bank')
steps = [
    dict(
        name='seen',
        tool='train',
        config=f'configs/spnet/seenonly_{net}_1xb8-1k_{data}-256x256.py',
        seeded=False,
        report=True),
    dict(name='spnet', tool='train', config=spnet, report=True),
    dict(
        name='devise',
        tool='train',
        config=f'configs/devise/devise_{net}_1xb8-1k_{data}-256x256.py',
        report=True),
    dict(
        name='bank',
        tool='build_feature_bank',
        config=generator,
        load='seen',
        arguments=['--out', '{folder}/bank'],
        seeded=False),
]
for label in ('strict', 'paper'):
    at = dict(features, ZS_RECIPE=label)
    steps += [
        dict(
            name=f'{label}-generator',
            tool='train',
            config=generator,
            env=at),
        dict(
            name=f'{label}-zs3net',
            tool='train',
            config=classifier,
            env=dict(at, ZS_GENERATOR=f'{{{label}-generator.checkpoint}}'),
            report=True),
    ]
steps.append(
    dict(
        name='released-zs3net',
        tool='train',
        config=joint,
        env=dict(ZS_SEEN='{seen.checkpoint}', ZS_RECIPE='released'),
        report=True))

calibrated = dict(spnet='{{$ZS_SPNET_GAMMA:none}}')
for label in ('strict', 'paper', 'released'):
    calibrated[f'{label}-zs3net'] = '{{$ZS_ZS3NET_GAMMA:none}}'
# A split of one's own has the validation classes that are named; of the
# shipped ones only this one has some.
own = '{{$ZS_UNSEEN:none}}' != 'none'
tunable = ('{{$ZS_VALIDATION:none}}' != 'none' if own else
           '{{$ZS_SPLIT:voc12-spnet}}' == 'voc12-spnet')
held_out = dict(ZS_HOLD_OUT='1')
# A gamma fits one prior: that of the final runs, 1 / number of their classes.
number = 20  # of voc12-spnet, which ignores one
if own:
    classes, ignored = '{{$ZS_CLASSES:voc21}}', '{{$ZS_IGNORED:none}}'
    number = 21 if classes == 'voc21' else len(classes.split(','))
    number -= 0 if ignored == 'none' else len(ignored.split(','))
prior = {'model.decode_head.unseen_prior': 1 / number}
held_out_options = {'strict-zs3net': prior, 'paper-zs3net': prior}
exec(open('{{ fileDirname }}/../_base_/includes/calibrated_recipe.py').read())
