"""Losses and heads of more than 255 classes."""
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.no_label import set_no_label


def test_class_255_costs_and_no_label_does_not():
    head = MODELS.build(dict(
        type='FCNHead', in_channels=4, channels=4, num_convs=0,
        concat_input=False, num_classes=300))
    scores = torch.zeros(1, 300, 2, 2)
    set_no_label(head, 300)
    losses = [head.loss_decode(scores, torch.full((1, 2, 2), value),
                               ignore_index=head.ignore_index)
              for value in (255, 299, 65535)]
    assert losses[0] == losses[1] > 0
    assert losses[2] == 0


def test_losses_that_ignore_by_themselves():
    loss = MODELS.build(dict(type='OhemCrossEntropy'))
    set_no_label(loss, 300)
    assert loss.ignore_label == 65535


def test_up_to_255_classes_nothing_is_set():
    head = MODELS.build(dict(
        type='FCNHead', in_channels=4, channels=4, num_convs=0,
        concat_input=False, num_classes=255, ignore_index=7))
    set_no_label(head, 255)
    assert head.ignore_index == 7
