"""The catalogue of sources: rows become records, and every mistake is told with its line and what to write."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.configfile import Problems
from pipeline.fetch.catalogue import COLUMNS, load_sources
from pipeline.records import PublisherType, Source, SourceKind
from pipeline.settings import default_config

GOOD = {
    "id": "kabar-lapas",
    "outlet": "Kabar Lapas",
    "kind": "rss",
    "url": "https://kabar.example/feed",
    "scope": "regional",
    "province": "Sulawesi Selatan",
    "tier": "T2",
    "publisher_type": "newsroom",
    "licence": "open",
    "zone": "Asia/Makassar",
    "active": "yes",
    "link_pattern": "",
    "note": "",
}


def load(path: Path, *rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> tuple[tuple[Source, ...], list[str]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return read(path)


def read(path: Path) -> tuple[tuple[Source, ...], list[str]]:
    problems = Problems()
    return load_sources(path, problems), problems.found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sources.csv"


def test_a_row_becomes_a_source(path: Path) -> None:
    sources, problems = load(path, GOOD)
    assert problems == []
    assert sources == (
        Source(
            id="kabar-lapas",
            outlet="Kabar Lapas",
            kind=SourceKind.RSS,
            url="https://kabar.example/feed",
            scope="regional",
            province="Sulawesi Selatan",
            tier="T2",
            publisher_type=PublisherType.NEWSROOM,
            licence="open",
            zone="Asia/Makassar",
            active=True,
            link_pattern="",
        ),
    )


@pytest.mark.parametrize(
    ("column", "value", "advice"),
    [
        ("id", "Kabar Lapas", "must be 2 to 61 of a-z, 0-9 and -"),
        ("id", "", "must be 2 to 61"),
        ("id", "-kabar", "must be 2 to 61"),
        ("id", "../etc", "must be 2 to 61"),
        ("outlet", "", "is empty"),
        ("kind", "podcast", "is not one of: rss, atom, sitemap, listing"),
        ("scope", "desa", "is not one of: national"),
        ("tier", "T9", "is not one of: T0, T1"),
        ("publisher_type", "", "is not one of: newsroom"),
        ("licence", "gratis", "is not one of: open"),
        ("zone", "WITA", "is not one of: Asia/Jakarta, Asia/Makassar, Asia/Jayapura"),
        ("active", "Yes", "is not one of: yes, no"),
        ("url", "kabar.example/feed", "must be an absolute http(s) address"),
        ("url", "file:///etc/passwd", "must be an absolute http(s) address"),
        ("url", "https://pembaca:rahasia@kabar.example/feed", "must be an absolute http(s) address"),
        ("url", "https://kabar.example:8443/feed", "must be an absolute http(s) address"),
        ("url", "https://kabar.example/a feed", "must be an absolute http(s) address"),
        ("link_pattern", "(/berita", "is not a regular expression"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(path: Path, column: str, value: str, advice: str) -> None:
    other = GOOD | {"id": "lain", "url": "https://lain.example/feed"}
    sources, problems = load(path, other, GOOD | {column: value})
    assert [source.id for source in sources] == ["lain"]
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:3: {column}: ")
    assert advice in problems[0]


def test_a_listing_needs_a_pattern_and_has_it_kept(path: Path) -> None:
    sources, problems = load(path, GOOD | {"kind": "listing"})
    assert sources == ()
    assert "a listing needs a regular expression" in problems[0]
    sources, problems = load(path, GOOD | {"kind": "listing", "link_pattern": r"/berita/\d+, .*"})
    assert (sources[0].link_pattern, problems) == (r"/berita/\d+, .*", [])


def test_all_mistakes_of_a_row_and_of_a_file_are_told_at_once(path: Path) -> None:
    _, problems = load(path, GOOD | {"tier": "?", "zone": "?"}, GOOD | {"id": "", "url": "x"})
    assert [problem.split(": ")[1] for problem in problems] == ["tier", "zone", "id", "url"]


@pytest.mark.parametrize("column", ["id", "url"])
def test_a_doubled_id_or_address_names_the_line_of_the_first(path: Path, column: str) -> None:
    other = {"id": "lain", "url": "https://lain.example/feed"} | {column: GOOD[column]}
    sources, problems = load(path, GOOD, GOOD | other)
    assert len(sources) == 1
    assert problems == [f"{path}:3: {column}: {GOOD[column]!r} stands in line 2 already"]


def test_a_missing_and_an_unknown_column_are_told(path: Path) -> None:
    header = (*(name for name in COLUMNS if name != "tier"), "tingkat")
    sources, problems = load(path, GOOD, header=header)
    assert sources == ()
    assert any(problem.startswith(f"{path}:1: tier: column is missing") for problem in problems)
    assert any(problem.startswith(f"{path}:1: tingkat: unknown column") for problem in problems)


def test_a_row_with_a_comma_too_many_is_told(path: Path) -> None:
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(GOOD.values()) + ",lagi\n", encoding="utf-8")
    sources, problems = read(path)
    assert sources == ()
    assert problems == [f"{path}:2: this row does not have 13 cells; quote cells that hold commas"]


def test_what_a_spreadsheet_makes_of_the_file_is_read(path: Path) -> None:
    text = ",".join(COLUMNS) + "\r\n" + ",".join(f" {value} " for value in GOOD.values()) + "\r\n\r\n"
    path.write_bytes(text.encode("utf-8-sig"))
    sources, problems = read(path)
    assert (len(sources), problems) == (1, [])


def test_semicolons_instead_of_commas_are_told_once_per_column(path: Path) -> None:
    path.write_text(";".join(COLUMNS) + "\n" + ";".join(GOOD.values()) + "\n", encoding="utf-8")
    sources, problems = read(path)
    assert sources == ()
    assert len(problems) == len(COLUMNS) + 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_a_problem(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    sources, problems = read(path)
    assert sources == ()
    assert problems


def test_a_missing_file_is_a_problem_with_advice(path: Path) -> None:
    sources, problems = read(path)
    assert sources == ()
    assert "this file is missing" in problems[0]


def test_the_shipped_catalogue_has_no_mistake() -> None:
    sources, problems = read(default_config() / "sources.csv")
    assert problems == []
    assert any(source.active for source in sources)
