"""Rate and time left, by a clock of our own."""

import pytest

from mmseg_zeroshot.utils import pace as pace_module
from mmseg_zeroshot.utils import progress as module
from mmseg_zeroshot.utils.pace import Pace, duration
from mmseg_zeroshot.utils.progress import progress


@pytest.fixture
def clock(monkeypatch):
    """Let the clock show given seconds, one after the other."""
    def show(*seconds: float) -> None:
        times = iter(seconds)
        monkeypatch.setattr(pace_module.time, 'monotonic', lambda: next(times))

    return show


def test_lines_are_some_seconds_apart(clock):
    clock(0, 1, 2, 4, 5)
    pace = Pace(10, every=2)
    assert [pace.step() for _ in range(4)] == [False, True, True, False]
    assert (pace.done, pace.rate, pace.left) == (4, 0.8, 7.5)


def test_the_first_with_all_start_up_is_left_out(clock):
    clock(0, 60, 61, 62)
    pace = Pace(10, first_apart=True)
    pace.step()
    assert pace.left == pytest.approx(9 * 60)
    pace.step()
    pace.step()
    assert pace.left == 7


def test_items_are_passed_on_and_told(clock, monkeypatch):
    lines = []
    clock(*range(0, 100, 10))
    monkeypatch.setattr(module, 'print_log',
                        lambda text, logger: lines.append(text))
    assert list(progress('abc', 3, 'masks')) == ['a', 'b', 'c']
    assert lines == ['masks: 1/3, 0 per second, 20 s left',
                     'masks: 2/3, 0 per second, 10 s left']


def test_durations():
    assert [duration(s) for s in (5, 65.4, 7265)] == [
        '0:05', '1:05', '2:01:05']
