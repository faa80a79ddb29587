"""Extraction beside trafilatura's fast mode with metadata: pages of known outlets, and public pages of unknown ones.

Known: the pages of ``pages.py``; every one must become an article, else the claim is void. Unknown: a folder of HTML files as
they were served (``*.html`` or ``*.html.gz``), read by both under addresses of outlets that nothing is known of; quality is
measured by ``benchmarks/articles.py`` and ``benchmarks/golden.py``.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench.measure import CannotMeasureError, Race, each, one_core, race, timed
from benchmarks.bench.results import Figure, Result, exact
from pipeline.extract.article import extract, read_story
from pipeline.extract.outlets import outlets_of
from pipeline.extract.single import page_of_file
from pipeline.records import Article, Page
from pipeline.settings import default_config

KNOWN, UNKNOWN = "extraction-known", "extraction-unknown"
AGAINST = "trafilatura.bare_extraction(fast=True, with_metadata=True)"
PAGES = 54  # three of each frame


def measure_known(rounds: int, files: Sequence[Path] = ()) -> Result:  # noqa: ARG001 - all claims are called alike
    """Pages of outlets whose layout is described in ``config/outlets``, each with a feed entry."""
    from benchmarks.bench.pages import heavy_pages
    from benchmarks.bench.plain import read_only

    pages, outlets = list(heavy_pages(PAGES)), outlets_of(default_config())
    whole = sum(isinstance(extract(page, outlets), Article) for page in pages)
    with one_core():
        found = race(
            timed(lambda: [extract(page, outlets) for page in pages]), timed(lambda: [read_only(page) for page in pages]), rounds
        )
    return _result(KNOWN, f"pages of known outlets, {_size(pages):.0f} kB each", found, pages, ">= 5", whole / len(pages))


def measure_unknown(rounds: int, files: Sequence[Path] = ()) -> Result:
    """Public pages; ``files``: one folder of them. Raises ``CannotMeasureError`` where there is none."""
    from benchmarks.bench.plain import read_only

    pages, outlets = public_pages(files), outlets_of(default_config())
    with one_core():
        found = race(
            timed(lambda: [read_story(page, outlets) for page in pages]),
            timed(lambda: [read_only(page) for page in pages]),
            rounds,
        )
    return _result(UNKNOWN, f"public pages, {_size(pages):.0f} kB each", found, pages, ">= 1.4", None)


def public_pages(files: Sequence[Path]) -> list[Page]:
    """The HTML files below the folders, in the order of their names, as pages of unknown outlets."""
    paths = sorted(path for folder in files for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    if not paths:
        raise CannotMeasureError("public pages are wanted: give the folder that holds *.html or *.html.gz, with --files FOLDER")
    at = datetime(2026, 11, 26, tzinfo=UTC)
    bodies = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths)
    return [page_of_file(body, f"https://situs{number}.example/{number}", at) for number, body in enumerate(bodies)]


def _result(name: str, on: str, found: Race, pages: list[Page], wanted: str, whole: float | None) -> Result:
    told = [Figure("articles found on the pages", exact(whole), "share", ">= 1")] if whole is not None else []
    ours, theirs = (each(side, len(pages)) for side in (found.ours, found.theirs))
    cost = (Figure("ours", ours, "ms a page"), Figure("theirs", theirs, "ms a page"))
    figures = (Figure(on, found.ratio, "times", wanted), *told, *cost)
    return Result(name, AGAINST, f"{len(pages)} {on}", len(found.ours), figures)


def _size(pages: Sequence[Page]) -> float:
    return sum(len(body) for page in pages for body in page.bodies) / len(pages) / 1000
