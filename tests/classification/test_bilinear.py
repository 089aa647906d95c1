"""The bilinear classifier and its two losses."""
import pytest
import torch

from mmseg_zeroshot.classification.bilinear import (
    BilinearClassifier,
    ale_loss,
    spnet_loss,
)

VECTORS = torch.tensor([[3., 4.], [0., 2.], [1., 0.]])


def test_scores_are_bilinear_with_unit_vectors():
    torch.manual_seed(0)
    model = BilinearClassifier(5, VECTORS)
    features = torch.randn(4, 5)
    unit = torch.tensor([[.6, .8], [0., 1.], [1., 0.]])
    expected = torch.einsum('nd,de,ce->nc', features, model.weight, unit)
    torch.testing.assert_close(model(features), expected)
    torch.testing.assert_close(
        model(features, torch.tensor([2, 0])), expected[:, [2, 0]])


def test_first_scores_are_of_the_features_scale():
    torch.manual_seed(0)
    model = BilinearClassifier(2048, torch.randn(50, 85))
    scores = model(torch.randn(100, 2048))
    assert .8 < scores.std() < 1.2


def test_losses_by_hand():
    scores = torch.tensor([[2., 1.5, 0.], [0., 0., 0.]])
    label = torch.tensor([0, 2])
    expected = -scores.log_softmax(1)[[0, 1], label].mean()
    torch.testing.assert_close(spnet_loss(scores, label), expected)
    # Image 0: one wrong class is .5 too near, rank 1: weight 1. Image 1: two
    # are 1 too near, rank 2: weight (1 + 1/2) / 2.
    assert ale_loss(scores, label).item() == pytest.approx(
        (.5 + 2 * .75) / 2)


@pytest.mark.parametrize('vectors, message', [
    (torch.ones(3), r'must be \(C, d\), got \(3,\)'),
    (torch.tensor([[1., 0.], [0., 0.]]), r'class_vectors\[1\] is zero'),
])
def test_wrong_vectors_are_errors(vectors, message):
    with pytest.raises(ValueError, match=message):
        BilinearClassifier(5, vectors)
