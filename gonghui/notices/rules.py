"""When a number may get its next message, and when to try again (短信频次与重试). Source: assurance R22, JOB-04."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

PER_MINUTE, PER_DAY = 1, 5
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MOST_TRIES = 5


def wait(earlier: Sequence[datetime], now: datetime) -> timedelta:
    """How long a number has to wait: at most one message a minute and five in 24 hours.

    Args: earlier: when its messages were, or will be, sent.
    """
    day = sorted(t for t in earlier if t > now - DAY)
    moment = now
    while True:
        minute_full = [t for t in day if abs(t - moment) < MINUTE]
        in_day = [t for t in day if t > moment - DAY]
        if len(minute_full) >= PER_MINUTE:
            moment = max(minute_full) + MINUTE
        elif len(in_day) >= PER_DAY:
            moment = in_day[-PER_DAY] + DAY
        else:
            return moment - now


def pause(tries: int) -> timedelta:
    """Pause before try `tries` + 1: doubling from ten seconds, with jitter of half."""
    return timedelta(seconds=10 * 2 ** (tries - 1) * random.uniform(0.5, 1.5))  # noqa: S311  # spreads load, no secret
