"""Tiny configs of every decode head that can be a host."""
SMALL = dict(norm_cfg=dict(type='BN'), dropout_ratio=0.1)
ONE = dict(in_channels=16, channels=8, in_index=3, **SMALL)
PYRAMID = dict(
    in_channels=[4, 8, 16, 16], in_index=[0, 1, 2, 3], channels=8, **SMALL)

HOSTS = {
    'FCNHead': dict(num_convs=1, **ONE),
    'ASPPHead': dict(dilations=(1, 2), **ONE),
    'DeepLabV2Head': dict(dilations=(1, 2), **ONE),
    'DepthwiseSeparableASPPHead': dict(
        dilations=(1, 2), c1_in_channels=4, c1_channels=4, **ONE),
    'PSPHead': dict(pool_scales=(1, 2), **ONE),
    'UPerHead': dict(pool_scales=(1, 2), **PYRAMID),
    'SegformerHead': PYRAMID,
    'FPNHead': dict(
        in_channels=[8, 8, 8, 8], in_index=[0, 1, 2, 3],
        feature_strides=[4, 8, 16, 32], channels=8, **SMALL),
    'NLHead': ONE,
    'DAHead': dict(pam_channels=4, **ONE),
    'GCHead': ONE,
    'ISAHead': dict(isa_channels=4, down_factor=(2, 2), **ONE),
    'EMAHead': dict(
        ema_channels=8, num_bases=4, num_stages=1, momentum=0.1, **ONE),
    'EncHead': dict(
        num_codes=4, use_se_loss=True, in_channels=[8, 16], in_index=[1, 3],
        channels=8, **SMALL),
    'SETRUPHead': dict(num_convs=1, up_scale=2, kernel_size=3, **ONE),
    'SETRMLAHead': dict(
        in_channels=[8, 8, 8, 8], in_index=[0, 1, 2, 3], channels=16,
        mla_channels=4, up_scale=2, **SMALL),
    'DNLHead': ONE,
    'ANNHead': dict(
        project_channels=4, key_pool_scales=(1, 2), in_channels=[16, 16],
        in_index=[2, 3], channels=8, **SMALL),
    'DepthwiseSeparableFCNHead': dict(num_convs=1, dw_act_cfg=None, **ONE),
}
"""Arguments by type; feature maps are those of :func:`feature_maps`."""

EQUAL_WIDTHS = ('FPNHead', 'SETRMLAHead')


def host_config(name: str) -> dict:
    """Return the config of a tiny host."""
    return dict(type=name, **HOSTS[name])


def feature_shapes(name: str) -> list[tuple[int, int, int, int]]:
    """Return the shapes of the four feature maps that a host takes."""
    widths = (8, 8, 8, 8) if name in EQUAL_WIDTHS else (4, 8, 16, 16)
    sizes = (8, 8, 8, 8) if name == 'SETRMLAHead' else (16, 8, 4, 4)
    return [(2, width, size, size) for width, size in zip(widths, sizes)]
