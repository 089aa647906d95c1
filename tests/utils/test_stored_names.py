"""Class names in a state dict."""
import pytest
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


@pytest.mark.parametrize('content, message', [
    (b'["sky"', 'class_names_utf8 is not valid JSON'),
    (b'[' * 100_000, 'nested too deeply'),
    (b'\xff', 'utf-8'), (b'["sky", 3]', 'instead of a list of names'),
    (b'{"sky": 1}', 'instead of a list of names')])
def test_what_are_no_names_is_said(content, message):
    state = {NAMES_KEY: torch.tensor(list(content), dtype=torch.uint8)}
    with pytest.raises(ValueError, match=f'checkpoint is damaged: .*{message}'
                       ):
        stored_names(state, '')
    with pytest.raises(ValueError, match='damaged'):
        stored_names({NAMES_KEY: torch.tensor([[1.5]])}, '')
