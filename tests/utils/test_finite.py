"""Weights that are NaN or infinite."""
import pytest
import torch

from mmseg_zeroshot.utils.finite import check_weights, not_finite

STATE = dict(a=torch.ones(2, 3), b=torch.tensor([1., float('nan')]),
             c=torch.tensor([1, 2]), d=torch.tensor(float('-inf')),
             e='no tensor')


def test_names_of_what_is_not_finite():
    assert not_finite(STATE) == ['b', 'd']
    assert not_finite({}) == not_finite(dict(a=STATE['a'], c=STATE['c'])) == []


def test_a_sum_that_overflows_is_no_fault():
    large = torch.full((8, ), torch.finfo(torch.float32).max)
    assert not_finite(dict(a=large)) == []


def test_the_file_is_named():
    with pytest.raises(ValueError, match=r"net\.pth: weight 'b' \(and 1 more"):
        check_weights(STATE, 'net.pth')
    check_weights(dict(a=STATE['a']), 'net.pth')
