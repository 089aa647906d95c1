"""MMD as double loops over pairs in Python's own float64."""
import math


def kernel(a, b, bandwidths):
    distance = sum((p - q)**2 for p, q in zip(a, b))
    return sum(math.exp(-distance / (2 * s * s)) for s in bandwidths)


def form(a, b, weight_a, weight_b, bandwidths):
    total = 0.
    for p, v in zip(a, weight_a):
        for q, w in zip(b, weight_b):
            total += v * w * kernel(p, q, bandwidths)
    return total


def mmd2_of_pairs(x, y, bandwidths, weight_x=None, weight_y=None):
    """One class: (N, D) and (M, D) tensors, weights as they enter."""
    x, y = x.double().tolist(), y.double().tolist()
    v = [1 / len(x)] * len(x) if weight_x is None else weight_x.tolist()
    w = [1 / len(y)] * len(y) if weight_y is None else weight_y.tolist()
    return (form(x, x, v, v, bandwidths) + form(y, y, w, w, bandwidths)
            - 2 * form(x, y, v, w, bandwidths))
