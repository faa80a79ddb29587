"""Golden pages: nothing of the body lost, nothing of the clutter kept, the right title, instant and outcome on each."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract.article import extract
from tests.golden.make import HOME, Golden, load_golden
from tests.golden.score import score

from .builder import OUTLETS

PAGES = load_golden()
ARTICLES = [golden for golden in PAGES if golden.gold.outcome == ("article",)]


@pytest.mark.parametrize("golden", PAGES, ids=lambda golden: golden.name)
def test_a_golden_page_is_read_without_fault(golden: Golden) -> None:
    found = score(golden, extract(golden.page, OUTLETS))
    assert not found.faults, f"{golden.name} ({golden.note})\n{found}"


def test_the_pages_are_many_and_varied() -> None:
    assert len({golden.name.rsplit("-", 1)[0] if golden.name.startswith("bentuk") else golden.name for golden in PAGES}) >= 150
    assert len({golden.page.outlet for golden in PAGES}) >= 50
    refused = [golden for golden in PAGES if "article" not in golden.gold.outcome]
    assert sum("not_article" in golden.gold.outcome for golden in refused) >= 14
    assert sum("not_indonesian" in golden.gold.outcome for golden in refused) >= 8
    assert 0.4 < sum(bool(golden.page.feed_title) for golden in PAGES) / len(PAGES) < 0.6


def test_every_gold_asks_enough_and_does_not_contradict_itself() -> None:
    for golden in ARTICLES:
        gold = golden.gold
        assert len(gold.must) + len(gold.counts) >= 2, golden.name
        assert len(gold.must_not) >= 1, golden.name
        clashes = [(no, yes) for no in gold.must_not for yes in gold.must if no in yes]
        assert not clashes, (golden.name, clashes)


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in Path(HOME).rglob("*") if path.is_file()) < 1_500_000
