"""What we take from the golden pages, beside trafilatura's own default: shares in percent.

    .venv/bin/python -m benchmarks.golden [--faults]

The pages are hand-made (tests/golden). ``clutter`` is the share of articles in which any of it is left; ``faultless`` asks for
datelines, bylines, release marks and the state of the text too, which trafilatura does not know.
"""

from __future__ import annotations

import argparse

import trafilatura

from pipeline.extract.article import extract
from pipeline.extract.outlets import outlets_of
from pipeline.records import Article, Dated, Page, Reason, Rejection
from pipeline.settings import default_config
from tests.golden.make import load_golden
from tests.golden.score import instant_or_none, score, table


def ours(page: Page) -> Article | Rejection:
    """What we make of it with the shipped overlays."""
    return extract(page, outlets_of(default_config()))


def by_default(page: Page) -> Article | Rejection:
    """What trafilatura makes of the first part with no option set but metadata, as an article or a rejection."""
    found = trafilatura.bare_extraction(page.bodies[0], url=page.url, with_metadata=True)
    if found is None or not found.text:
        return Rejection(page.key, "extract", Reason.NO_TEXT)
    value = instant_or_none(found.date)
    return Article(
        key=page.key,
        url=page.url,
        canonical_url=found.url or page.url,
        source_id=page.source_id,
        outlet=page.outlet,
        domain=found.hostname or "",
        tier=page.tier,
        publisher_type=page.publisher_type,
        licence=page.licence,
        title=found.title or "",
        text=found.text,
        language="id",
        text_status="full",
        dated=Dated(value, found.date or "", "trafilatura", "", 1.0 if value else 0.0, "ok" if value else "unknown"),
        first_seen=page.fetched_at,
        byline=found.author or "",
    )


def main() -> None:
    """Print the table, and with ``--faults`` what is wrong on each page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", action="store_true", help="list our faults page by page")
    options = parser.parse_args()
    pages = load_golden()
    shares, theirs = table(pages, ours), table(pages, by_default)
    print(f"{len(pages)} golden pages\n{'':12}{'ours':>8}{'trafilatura':>14}")
    for name, value in shares.items():
        print(f"{name:12}{value:8.1f}{theirs[name]:14.1f}")
    if options.faults:
        for page in pages:
            found = score(page, ours(page.page))
            if found.faults:
                print(f"\n{page.name} ({page.note})\n{found}")


if __name__ == "__main__":
    main()
