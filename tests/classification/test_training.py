"""Training on features in memory."""
import pytest
import torch

from mmseg_zeroshot.classification.bilinear import (
    BilinearClassifier,
    spnet_loss,
)
from mmseg_zeroshot.classification.training import train_epochs


def data():
    """Three classes; the second takes no part."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.tensor([0, 2]).repeat(20)
    features = torch.randn(40, 6, generator=generator)
    features[labels == 2, :3] += 3
    features[labels == 0, 3:] += 3
    return features, labels, torch.tensor([0, 2])


def train(seed=0, **changes):
    torch.manual_seed(0)
    model = BilinearClassifier(6, torch.eye(3))
    options = dict(dict(epochs=5, lr=.05, batch_size=16), **changes)
    losses = list(train_epochs(model, spnet_loss, *data(), seed=seed,
                               **options))
    return model, losses


def test_it_learns_and_repeats():
    model, losses = train(epochs=30)
    features, labels, ids = data()
    assert len(losses) == 30 and losses[-1] < .2 * losses[0]
    assert (ids[model(features, ids).argmax(1)] == labels).float().mean() > .95
    assert train(epochs=30)[1] == losses
    assert train(epochs=30, seed=1)[1] != losses


def test_a_class_that_takes_no_part_moves_nothing():
    """With one-hot vectors each class has a column of the weight."""
    torch.manual_seed(0)
    before = BilinearClassifier(6, torch.eye(3)).weight.detach().clone()
    after = train()[0].weight.detach()
    assert torch.equal(before[:, 1], after[:, 1])
    assert not torch.equal(before[:, 0], after[:, 0])


def test_labels_must_take_part():
    features, labels, _ = data()
    model = BilinearClassifier(6, torch.eye(3))
    for ids in (torch.tensor([0]), torch.tensor([0, 1])):
        with pytest.raises(ValueError, match='does not take part'):
            next(train_epochs(model, spnet_loss, features, labels, ids,
                              epochs=1, lr=.1))


def test_nan_stops_the_training():
    features, labels, ids = data()
    features[3, 3] = torch.nan
    with pytest.raises(ValueError, match='nan in epoch 1: lower the'):
        list(train_epochs(BilinearClassifier(6, torch.eye(3)), spnet_loss,
                          features, labels, ids, epochs=2, lr=.1))
