"""The range of the calibration factor."""
from __future__ import annotations


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
