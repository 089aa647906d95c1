"""What calibrated decisions agree on, wherever they are made."""
from __future__ import annotations

MASKED_LOGIT = -1e4
"""Logit of a class that must not be predicted or trained.

Finite, so that bilinear resizing does not make NaN of it and float16 holds
it; its softmax probability is exactly zero in every floating-point type.
"""


def check_gamma(gamma: float) -> None:
    """Refuse a calibration factor that is outside of its range.

    Args:
        gamma: The factor.

    Raises:
        ValueError: It is not in [0, 1].
    """
    if not 0 <= gamma <= 1:
        raise ValueError(
            f'gamma must be in [0, 1], got {gamma!r}: it is subtracted from '
            'softmax probabilities of the seen classes (SPNet, eq. 5)')
