"""Class names in a state dict."""
import torch

from mmseg_zeroshot.utils.stored_names import (
    NAMES_KEY,
    encode_names,
    stored_names,
)


def test_names_come_back_as_they_were():
    names = ('traffic light', 'Löwe', '"sky"', '猫')
    state = {'head.' + NAMES_KEY: encode_names(names)}
    assert state['head.' + NAMES_KEY].dtype == torch.uint8
    assert stored_names(state, 'head.') == names


def test_a_checkpoint_without_names():
    assert stored_names({}, 'head.') is None
    other = {NAMES_KEY: encode_names(['sky'])}
    assert stored_names(other, 'head.') is None
