# SPNet on a folder of your own in VOC's layout, beside the same network
# without semantic projection. For the environment see zs3net_voclayout.py. The
# gamma of the calibrated row is ZS_SPNET_GAMMA, or else chosen on the
# validation classes (ZS_VALIDATION) by a training of its own without them;
# where there is neither there is no such row.
net = 'deeplabv3plus-efficientnet-lite0_1xb8-1k_voclayout-256x256'
calibrated = dict(spnet='{{$ZS_SPNET_GAMMA:none}}')
# A split of one's own has the validation classes that are named; of the
# shipped ones only this one has some.
own = '{{$ZS_UNSEEN:none}}' != 'none'
tunable = ('{{$ZS_VALIDATION:none}}' != 'none' if own else
           '{{$ZS_SPLIT:voc12-spnet}}' == 'voc12-spnet')
held_out = dict(ZS_HOLD_OUT='1')
exec(open('{{ fileDirname }}/../_base_/includes/spnet_recipe.py').read())
exec(open('{{ fileDirname }}/../_base_/includes/calibrated_recipe.py').read())
