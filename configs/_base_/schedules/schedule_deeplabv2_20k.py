# DeepLab-v2's learning rates, as SPNet trains on VOC: SGD with 2.5e-4, the
# weights of the decode head at ten times, its biases at twenty times without
# decay. A parameter takes the longest key in its name, so those of the
# backbone are settled first.
_base_ = './schedule_20k.py'
optim_wrapper = dict(
    optimizer=dict(lr=0.00025),
    paramwise_cfg=dict(
        custom_keys=dict(
            backbone=dict(lr_mult=1.0),
            weight=dict(lr_mult=10.0),
            bias=dict(lr_mult=20.0, decay_mult=0.0))))
