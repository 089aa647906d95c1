"""Training on features that are held in memory."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]


def train_epochs(model: nn.Module,
                 loss: Loss,
                 features: Tensor,
                 labels: Tensor,
                 class_ids: Tensor,
                 *,
                 epochs: int,
                 lr: float,
                 batch_size: int = 512,
                 seed: int = 0) -> Iterator[float]:
    """Train a classifier of features with Adam, an epoch at a time.

    Args:
        model: Maps (N, D) features and class ids to (N, M) scores.
        loss: Of scores and columns of the true classes.
        features: (N, D).
        labels: (N, ) class ids.
        class_ids: (M, ) the classes that take part, ascending.
        epochs: Number of epochs.
        lr: Learning rate.
        batch_size: Images in a step.
        seed: Of the order of the images.

    Yields:
        The mean loss of each epoch, when it is over.

    Raises:
        ValueError: A label is not among ``class_ids``, or the loss is NaN.
    """
    columns = torch.searchsorted(class_ids, labels).clamp(
        max=len(class_ids) - 1)
    if not torch.equal(class_ids[columns], labels):
        raise ValueError('labels hold a class that does not take part')
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    generator = torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        order = torch.randperm(len(labels), generator=generator)
        total = features.new_zeros(())
        for batch in order.to(labels.device).split(batch_size):
            value = loss(model(features[batch], class_ids), columns[batch])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total += value.detach() * len(batch)
        mean = float(total) / len(labels)
        if not math.isfinite(mean):
            raise ValueError(f'the loss is {mean} in epoch {epoch + 1}: lower '
                             f'the learning rate, now {lr:g}')
        yield mean
