"""Did a source show as much as it usually does? A count model of its own past, by weekday, and an alarm for silence.

Assumptions. A day's new entries are a negative binomial count: a level of the last eight weeks, times the weekday's share
of it, with as much more scatter than Poisson as the source itself shows. Days are independent given that, except that a
window of several days is given the scatter of the source's own past windows where this is larger. Weekday shares are drawn
toward "all alike", so that two weeks of a small source do not invent a rhythm. Level and shares are themselves uncertain,
which widens the range. Left out of the past: days on which the source was not watched, the day after one (it brings the
backlog), and the silence that is in question.

Limits. A level that truly changed looks low or high for some weeks, until the past has taken it up. A holiday is low for many
sources at once. The death of a source of one entry in five days or fewer is not noticed within a month.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.dates import JAKARTA

# A verdict is given where the source's own past makes what was seen rarer than this. Source: benchmarks/coverage.py: 400
# healthy sources that are judged once a day give a new false alarm on about every third day (24 hours) and on two days of
# five (7 days).
ALARM = 0.002
WEEKS = 8
HISTORY = timedelta(weeks=2 * WEEKS)  # of counts that a caller hands in: eight weeks before a silence of up to eight weeks
MIN_DAYS = 14  # watched days of the past below which nothing is said
_KINDS_DIFFER = 0.5  # variance of the weekend's share of the level, before anything is known of the source
_WEEKDAYS_DIFFER = 0.05  # variance of a weekday's share of its kind's
_MAX_SCATTER = 4.0  # of the variance beyond Poisson, as a share of the squared mean; more is no rhythm at all
_BURST = 4.0  # a day counts at most as this many times the upper quartile of the days with entries: re-listed archives
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """Entries of a window by the source's own past: counts outside [low, high] are rarer than ``ALARM`` on that side."""

    low: int
    mean: float
    high: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """``word``: ok | low | silent | high | unknown. ``expected`` is None when unknown; ``why`` is one plain sentence."""

    word: str
    seen: int
    expected: Expected | None
    why: str

    @property
    def alarm(self) -> bool:
        """True when somebody should look: entries are missing."""
        return self.word in ("low", "silent")


@dataclass(frozen=True, slots=True)
class _Model:
    """A source's usual volume. ``shares``: of the level by weekday, Monday first."""

    level: float  # entries a day
    doubt: float  # relative variance of the level
    shares: tuple[float, ...]
    doubts: tuple[float, ...]  # relative variances of the shares
    scatter: float  # variance of a day = mean + scatter * mean²
    values: Mapping[date, float]
    longest_gap: int  # days without an entry in a row, of those watched

    def mean(self, day: date) -> float:
        return self.level * self.shares[day.weekday()]


def expected(counts: Mapping[date, int], now: datetime, days: int = 1) -> Expected | None:
    """The usual range of the ``days`` times 24 hours that end at ``now`` (aware); None with too little history.

    ``counts``: new entries by day (Jakarta) of the days on which the source was read; a day that is missing was not watched.
    """
    model, window = _model(counts, _last_day(counts, now, days)), _window(counts, now, days)
    return _range(model, window) if model and window else None


def verdict(counts: Mapping[date, int], seen: int, now: datetime, days: int = 1) -> Verdict:
    """Judge the ``seen`` new entries of the ``days`` times 24 hours that end at ``now`` (aware) by the source's past.

    ``silent``: no entry for longer than ever before in eight weeks, and than chance explains (probability below ``ALARM``).
    This finds the death of a small source, whose single days are never remarkable. A ``seen`` of less than nothing is a bug.
    """
    if seen < 0:
        raise ValueError(f"{seen} entries cannot have been seen")
    model, window = _model(counts, _last_day(counts, now, days)), _window(counts, now, days)
    if not window:
        return Verdict("unknown", seen, None, "it was not read in this time")
    if model is None:
        return _without_model(counts, seen, now)
    usual = _range(model, window)
    if seen == 0:
        quiet = [(day, 1.0) for day in _quiet_days(counts, now)]
        silence = quiet if len(quiet) > days else window
        length = round(sum(share for _, share in silence))
        if length > model.longest_gap and _none_at_all(model, silence) < ALARM:
            told = f"no entry for {_plural(length)}; its longest silence before was {_plural(model.longest_gap)}"
            return Verdict("silent", seen, usual, told)
    word = "low" if seen < usual.low else "high" if seen > usual.high else "ok"
    told = f"{seen} in {days * 24} hours, usually {usual.low} to {usual.high}, {usual.mean:.3g} on average"
    return Verdict(word, seen, usual, told)


def _plural(days: int) -> str:
    return f"{days} day{'s' * (days != 1)}"


def _without_model(counts: Mapping[date, int], seen: int, now: datetime) -> Verdict:
    watched = [day for day in counts if _today(now) - timedelta(weeks=WEEKS) <= day < _today(now)]
    if seen == 0 and len(watched) >= WEEKS * 7 // 2 and not any(counts[day] for day in watched):
        return Verdict("silent", 0, None, f"no entry on any of the {len(watched)} days on which it was watched")
    return Verdict("unknown", seen, None, f"too little history: {len(watched)} watched days, {MIN_DAYS} whole ones are needed")


def _today(now: datetime) -> date:
    return now.astimezone(JAKARTA).date()


def _window(counts: Mapping[date, int], now: datetime, days: int) -> list[tuple[date, float]]:
    """The watched days (and the share of each) that the ``days`` times 24 hours ending at ``now`` cover, newest first.

    A day's entries are taken as spread evenly, which matters only as far as two neighbouring weekdays differ.
    """
    local = now.astimezone(JAKARTA)
    gone = (local.hour * 3600 + local.minute * 60 + local.second) / 86400
    today = local.date()
    whole = [(today - _DAY * back, 1.0) for back in range(1, days)]
    covered = [(today, gone), *whole, (today - _DAY * days, 1.0 - gone)]
    return [(day, share) for day, share in covered if share > 0 and day in counts]


def _quiet_days(counts: Mapping[date, int], now: datetime) -> list[date]:
    """The whole days before today, newest first, that were watched and brought nothing, back to the last entry."""
    if counts.get(_today(now), 0):
        return []
    quiet = []
    for day in sorted((day for day in counts if day < _today(now)), reverse=True):
        if counts[day]:
            break
        quiet.append(day)
    return quiet


def _last_day(counts: Mapping[date, int], now: datetime, days: int) -> date:
    """The last day of the past: before the window, and before the silence in question."""
    before = _today(now) - _DAY * (days + 1)
    quiet = [day for day in _quiet_days(counts, now) if day <= before]
    return quiet[-1] - _DAY if quiet else before


def _model(counts: Mapping[date, int], last: date) -> _Model | None:
    first = last - timedelta(weeks=WEEKS)
    usable = [day for day in sorted(counts) if first < day <= last and day - _DAY in counts]
    if len(usable) < MIN_DAYS or not any(counts[day] for day in usable):
        return None
    some = sorted(counts[day] for day in usable if counts[day])
    cap = max(10.0, _BURST * some[len(some) * 3 // 4])
    values = {day: min(float(counts[day]), cap) for day in usable}
    level = sum(values.values()) / len(values)
    scatter = 0.0
    for _ in range(2):  # the prior's weight depends on the scatter, and the scatter on the shares
        shares, doubts = _weekday_shares(values, level, scatter)
        scatter = _scatter(values, [level * shares[day.weekday()] for day in usable])
    doubt = (1 / level + scatter) / len(values)
    return _Model(level, doubt, shares, doubts, scatter, values, _longest_gap(values))


def _weekday_shares(values: Mapping[date, float], level: float, scatter: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Each weekday's mean as a share of the level, and that share's relative variance.

    A weekday is drawn toward its kind (Monday to Friday, or the weekend), and the kind toward 1: the more, the more the
    source scatters. This is the posterior mean of a gamma prior.
    """
    noise = 1 + scatter * level

    def drawn(weekdays: range, toward: float, doubt: float) -> tuple[float, float]:
        own = [value for day, value in values.items() if day.weekday() in weekdays]
        weight = noise / doubt
        total = sum(own) + weight * toward
        return total / (len(own) * level + weight), noise / total

    found = []
    for kind in (range(5), range(5, 7)):
        share, _ = drawn(kind, 1.0, _KINDS_DIFFER)
        found += [drawn(range(day, day + 1), share, _WEEKDAYS_DIFFER) for day in kind]
    return tuple(share for share, _ in found), tuple(doubt for _, doubt in found)


def _scatter(values: Mapping[date, float], means: Sequence[float]) -> float:
    """Variance beyond Poisson as a share of the squared mean, by moments."""
    used = min(7, len(means) - 1)
    wider = len(means) / (len(means) - used / 2)  # the shares were fitted to the same days
    beyond = sum((value - mean) ** 2 * wider - mean for value, mean in zip(values.values(), means, strict=True))
    return min(max(0.0, beyond / sum(mean * mean for mean in means)), _MAX_SCATTER)


def _longest_gap(values: Mapping[date, float]) -> int:
    longest = run = 0
    for value in values.values():
        run = 0 if value else run + 1
        longest = max(longest, run)
    return longest


def _range(model: _Model, window: Sequence[tuple[date, float]]) -> Expected:
    """The counts of a window that are not alarming."""
    means = [model.mean(day) * share for day, share in window]
    mean = sum(means)
    scatter = sum(one * one for one in means) / mean**2 * model.scatter
    days = round(sum(share for _, share in window))
    if days > 1:
        scatter = max(scatter, _scatter_of_windows(model, days))
    unsure = sum(one * one * model.doubts[day.weekday()] for one, (day, _) in zip(means, window, strict=True)) / mean**2
    beyond = scatter + model.doubt + unsure
    start, chances = _distribution(mean, min(beyond, _MAX_SCATTER))
    low = high = start
    below = 0.0
    for count, chance in enumerate(chances, start):
        if below + chance >= ALARM:
            low = count
            break
        below += chance
    above = 0.0
    for count in range(start + len(chances) - 1, start - 1, -1):
        above += chances[count - start]
        if above >= ALARM:
            high = count
            break
    return Expected(low, mean, high)


def _scatter_of_windows(model: _Model, days: int) -> float:
    """The scatter of the source's own past windows of so many days: larger than a day's where busy days come in rows."""
    held = sorted(model.values)
    sums, means = [], []
    for last in range(days - 1, len(held)):
        span = held[last - days + 1 : last + 1]
        if span[-1] - span[0] == _DAY * (days - 1):
            sums.append(sum(model.values[day] for day in span))
            means.append(sum(model.mean(day) for day in span))
    if len(sums) < 2 * days:
        return 0.0
    beyond = sum((one - mean) ** 2 - mean for one, mean in zip(sums, means, strict=True))
    return max(0.0, beyond / sum(mean * mean for mean in means))


def _none_at_all(model: _Model, days: Sequence[tuple[date, float]]) -> float:
    """The probability that all of these days (or shares of days) bring nothing, the level's own doubt counted in."""
    k = model.scatter
    depth = sum(share * (math.log1p(k * model.mean(day)) / k if k > 0 else model.mean(day)) for day, share in days)
    return math.exp(-depth) if model.doubt <= 0 else (1 + model.doubt * depth) ** (-1 / model.doubt)


def _distribution(mean: float, scatter: float) -> tuple[int, list[float]]:
    """A negative binomial's probabilities (Poisson for no scatter): the first count and the chances from there on.

    Walked from the likeliest count both ways, so that neither exp(-mean) nor a tail is lost to rounding.
    """
    if scatter < 1e-9:
        mode, peak = int(mean), int(mean) * math.log(mean) - mean - math.lgamma(int(mean) + 1)

        def ratio(count: int) -> float:
            return mean / count

    else:
        size = 1 / scatter
        p = mean / (mean + size)
        mode = max(0, int((size - 1) * p / (1 - p)))
        peak = math.lgamma(mode + size) - math.lgamma(size) - math.lgamma(mode + 1) + size * math.log1p(-p) + mode * math.log(p)

        def ratio(count: int) -> float:
            return (count - 1 + size) / count * p

    negligible = ALARM / 1000 / (1 + math.sqrt(mean + scatter * mean**2))  # what is cut off adds up to far less than ALARM
    up = [math.exp(peak)]
    while up[-1] > negligible or len(up) < 2:
        up.append(up[-1] * ratio(mode + len(up)))
    down = [up[0]]
    while down[-1] > negligible and len(down) <= mode:
        down.append(down[-1] / ratio(mode - len(down) + 1))
    down = down[:0:-1]
    return mode - len(down), [*down, *up]
