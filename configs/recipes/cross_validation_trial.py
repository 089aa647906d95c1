# One trial of zero-shot cross-validation, without the validation classes:
# training, then the hIoU on them at the best gamma. Both steps have the keys,
# as one may change the network. Run by cross_validation.py, or for itself by
# tools/sweep.py:
#
#   ZS_DEMO_SPLIT=compositions-k8-cv python tools/sweep.py \
#       cross_validation_trial --step held-out gamma \
#       --key optim_wrapper.optimizer.lr=0.0025,0.005,0.01
config = '{{$ZS_CONFIG:configs/spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py}}'  # noqa: E501
steps = [
    dict(name='held-out', tool='train', config=config),
    dict(
        name='gamma',
        tool='calibrate',
        config=config,
        load='held-out',
        arguments=['--out', '{folder}'],
        report=True),
]
