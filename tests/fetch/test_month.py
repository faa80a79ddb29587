"""A few days of the simulated month; ``python -m benchmarks.month`` lives all of it (docs/reliability.md)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from pipeline.settings import Settings
from tests.fetch import truth
from tests.fetch.simulation import DAY, invent

DAYS, SETTLING = 3, 1.5


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> truth.Month:
    """Forty sources; so few are seldom due together, so two that are silent already speak for an outage of our own."""
    settings = Settings.model_validate({"polling": {"outage_sources": 2}})
    return truth.live(invent(40, DAYS, 2), tmp_path_factory.mktemp("month"), settings, (DAYS + SETTLING) * DAY)


def test_the_web_saw_no_impolite_request(month: truth.Month) -> None:
    assert list(truth.impolite(month)) == []
    assert truth.apart(month)[0] >= month.settings.fetch.host_delay_seconds
    assert {line.status for line in month.web.log} >= {0, 200, 301, 304, 403, 404, 410, 429, 503}, "every trouble was met"


def test_every_entry_is_what_the_web_made_of_it_and_no_page_was_fetched_twice(month: truth.Month) -> None:
    assert list(truth.unfaithful(month)) == []
    counts = month.tally.counts
    assert min(counts["postponed:server_error"], counts["postponed:gone"]) > 0
    assert min(counts[name] for name in ("fetched", "folded", "rejected:gone", "rejected:robots", "article_parts_joined")) > 0
    assert "faults" not in counts


def test_what_slipped_out_of_a_feed_was_told(month: truth.Month) -> None:
    lost = truth.lost(month)
    assert lost.untold == lost.unread == []
    assert lost.of > 2000
    assert lost.trouble > 0
    assert lost.calm == 0


def test_second_looks_come_at_their_day(month: truth.Month) -> None:
    looks = truth.looks(month, (DAYS + SETTLING) * DAY)
    assert looks.faults == []
    assert looks.first > 200
    assert max(looks.late) < 2 * truth.TICK


def test_quiet_sources_are_asked_seldom_and_busy_ones_often(month: truth.Month) -> None:
    rates = truth.convergence(month, DAY, DAYS * DAY)
    assert all(3 <= rates["quiet"][number] <= 6 for number in (1, 2, 3))
    assert rates["national"][1] > 1.4 * rates["quiet"][2]
    assert rates["probation"][1] < rates["quiet"][1]


def test_an_outage_of_our_own_network_slows_nobody(month: truth.Month) -> None:
    runs, slower = truth.slowed(month)
    assert runs > 8
    assert slower == []
    assert month.tally.get("sources_left") == 0
