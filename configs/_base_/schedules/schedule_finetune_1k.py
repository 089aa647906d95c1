# For fine-tuning ImageNet weights in few steps on a CPU: AdamW, the new layers
# at four times the backbone's learning rate.
_base_ = './schedule_adamw_1k.py'
optim_wrapper = dict(
    optimizer=dict(lr=0.0005),
    paramwise_cfg=dict(custom_keys={'decode_head': dict(lr_mult=4.0)}))
