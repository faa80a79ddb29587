"""Skipped entries that no list shows any more are let go: every count stays, and what is still listed never comes back as new."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from pipeline.dates import JAKARTA
from pipeline.fetch.database import Where
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.looking import Looking
from pipeline.fetch.schedule import Polled, Standing
from pipeline.records import Announced, Retry
from tests.fetch.ledgers import NOW, entry, failed, poll, seen

DAY = timedelta(days=1)
KEPT = 90 * DAY


def skip(where: Where, days: float, source: str, *keys: str, outcome: str = "ok") -> None:
    """A poll so many days before NOW, whose entries are skipped."""
    with Ledger(where, NOW - days * DAY) as ledger:
        poll(ledger, source, [entry(key, source, NOW - (days + 0.3) * DAY) for key in keys], outcome, state="skipped")


def let_go(where: Where, *, dry: bool = False) -> int:
    with Ledger(where, NOW) as ledger:
        return ledger.let_go(NOW - KEPT, dry=dry)


def test_what_no_list_has_shown_for_so_long_goes_and_stays_counted(where: Where) -> None:
    skip(where, 200, "kabar", "a", "b", "c")
    skip(where, 190, "kabar", "c", "d")
    skip(where, 5, "kabar", "e")
    assert let_go(where, dry=True) == 4
    with Ledger(where, NOW) as ledger:
        assert (ledger.counts(), ledger.state("a")) == ({"skipped": 5}, "skipped"), "a dry run changes nothing"
    assert let_go(where) == 4
    assert let_go(where) == 0
    with Ledger(where, NOW) as ledger:
        assert ledger.counts() == {"skipped": 5}
        assert [ledger.state(key) for key in "abcde"] == ["", "", "", "", "skipped"]
        assert ledger.seen_by("a") == []
        assert poll(ledger, "kabar", [entry("e")]) == (0, 1)


def test_two_prunes_of_one_day_add_up(where: Where) -> None:
    skip(where, 200, "kabar", "a", "b")
    skip(where, 199.9, "kabar", "b", "c")
    skip(where, 199.8, "kabar", "c")  # a and b are in no list from here on, c in this one
    assert let_go(where) == 2
    skip(where, 1, "kabar", "z")
    assert let_go(where) == 1
    with Ledger(where, NOW) as ledger:
        assert ledger.counts() == {"skipped": 4}
        assert sum(row[0] for row in ledger._rows("SELECT entries FROM tallies WHERE kind = 'skipped'")) == 3


def test_what_the_last_list_showed_is_kept_though_it_has_not_changed_for_a_year(where: Where) -> None:
    """A list that answers "not modified" shows its entries without naming them: once it changes, they are in it again."""
    skip(where, 365, "kabar", "gone")
    skip(where, 360, "kabar", "a", "b")
    for days in (300, 200, 100, 1):
        skip(where, days, "kabar", outcome="unchanged")
    with Ledger(where, NOW) as ledger:
        ledger.fold_polls()
    assert let_go(where) == 1
    with Ledger(where, NOW) as ledger:
        assert poll(ledger, "kabar", [entry(key) for key in "abc"], state="skipped") == (1, 2)
        assert ledger.known("kabar", ["a", "b", "gone"]) == {"a", "b"}


def test_what_another_source_still_shows_is_kept(where: Where) -> None:
    skip(where, 300, "kabar", "a", "b")
    skip(where, 299, "kabar", "c")
    skip(where, 298, "portal", "a")  # its only list
    assert let_go(where) == 1
    with Ledger(where, NOW) as ledger:
        assert [ledger.state(key) for key in "abc"] == ["skipped", "", "skipped"]


def test_what_an_archive_named_after_the_last_list_does_not_let_go_of_that_list(where: Where) -> None:
    skip(where, 300, "kabar", "a")
    with Ledger(where, NOW - 200 * DAY) as ledger:
        ledger.announce([Announced(entry("old"), "skipped", "off_topic")])
    assert let_go(where) == 0
    skip(where, 1, "kabar", "b")
    assert let_go(where) == 2


def test_only_skipped_entries_go(where: Where) -> None:
    with Ledger(where, NOW - 300 * DAY) as ledger:
        seen(ledger, "waits", "fetched", "rejected", "folded")
        ledger.mark_fetched("p1", ["fetched"])
        ledger.settle(failed("rejected", Retry.FINAL))
        ledger.fold("folded", "fetched")
    skip(where, 1, "kabar", "z")
    assert let_go(where) == 0
    with Ledger(where, NOW) as ledger:
        assert ledger.counts() == {"fetched": 1, "folded": 1, "rejected": 1, "skipped": 1, "waiting": 1}


def test_a_skipped_article_with_a_folded_twin_waits_for_its_headline(where: Where) -> None:
    told = [Announced(entry(key), "skipped", "off_topic", "kabar.example:77") for key in "ab"]
    with Ledger(where, NOW - 300 * DAY) as ledger:
        ledger.record_poll(Standing("kabar"), Polled("ok"), told)
        assert ledger.counts() == {"folded": 1, "skipped": 1}
    skip(where, 1, "kabar", "z")
    assert let_go(where) == 0
    with Ledger(where, NOW) as ledger:
        ledger.record_poll(Standing("kabar"), Polled("ok"), [Announced(entry("b"), alias="kabar.example:77")])
        assert ledger.state("a") == "waiting"


def test_an_alias_goes_with_its_article_so_that_a_new_one_is_no_twin_of_nothing(where: Where) -> None:
    told = Announced(entry("a"), "skipped", "off_topic", "kabar.example:77")
    with Ledger(where, NOW - 300 * DAY) as ledger:
        ledger.record_poll(Standing("kabar"), Polled("ok"), [told])
    skip(where, 1, "kabar", "z")
    assert let_go(where) == 1
    with Ledger(where, NOW) as ledger:
        ledger.record_poll(Standing("kabar"), Polled("ok"), [Announced(entry("b"), alias="kabar.example:77")])
        assert ledger.state("b") == "waiting"


@pytest.mark.parametrize("seed", range(2))
def test_every_figure_of_whole_days_is_the_same_before_and_after(where: Where, seed: int) -> None:
    """Half a year of polls of five sources that share entries, some of them dated, then other fates; told in every way."""
    draw = random.Random(seed)
    keys = [f"{number:04}" for number in range(600)]
    for days in range(180, 0, -2):
        with Ledger(where, NOW - days * DAY - timedelta(hours=draw.randrange(24))) as ledger:
            source = f"s{draw.randrange(5)}"
            at = (180 - days) * 3 + draw.randrange(20)
            dated = (NOW - days * DAY - timedelta(hours=draw.randrange(50)), None)
            rows = [Announced(entry(key, source, draw.choice(dated)), "skipped") for key in keys[at : at + 15]]
            ledger.record_poll(Standing(source), Polled(draw.choice(("ok", "ok", "ok", "timeout"))), rows)
            if draw.random() < 0.3:
                poll(ledger, "hukum", [entry(keys[at], "hukum")])
    with Ledger(where, NOW) as ledger:
        for found in ledger.waiting(10)[::2]:
            ledger.settle(failed(found.key))
    before = figures(where)
    gone = let_go(where)
    assert gone > 50
    assert figures(where) == before
    with Ledger(where, NOW) as ledger:
        held = ledger._rows("SELECT count(*) FROM entries")[0][0]
        assert sum(ledger.counts().values()) == held + gone


def figures(where: Where) -> list[object]:
    """All that is told of entries by count: in all, and by week, month and day."""
    with Looking.read(where, NOW) as ledger:
        midnight = datetime(2026, 11, 26, tzinfo=JAKARTA)
        spans = [(midnight - days * DAY, midnight - (days - long) * DAY) for days in range(0, 190, 9) for long in (1, 7, 31)]
        return [
            ledger.counts(),
            ledger.days(midnight - 200 * DAY),
            ledger.shown(NOW - 7 * DAY),
            [ledger.entries_between(*span) for span in spans],
            [ledger.outcomes_between(*span) for span in spans],
        ]
