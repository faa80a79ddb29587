"""The catalogue of sources: rows become records, and every mistake is told with its line and what to write."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.configfile import Problems
from pipeline.fetch.catalogue import COLUMNS, PROVINCES, Blocked, lane_of, load_blocked, load_sources
from pipeline.records import PublisherType, Source, SourceKind
from pipeline.settings import default_config
from pipeline.urls import host_of, site_of

GOOD = {
    "id": "kabar-lapas",
    "outlet": "Kabar Lapas",
    "owner": "Kabar Raya",
    "kind": "rss",
    "url": "https://kabar.example/feed",
    "scope": "regional",
    "province": "Sulawesi Selatan",
    "tier": "T2",
    "publisher_type": "newsroom",
    "licence": "open",
    "zone": "Asia/Makassar",
    "status": "probation",
    "pages": "filtered",
    "conditional": "no",
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
            status="probation",
            owner="Kabar Raya",
            pages="filtered",
            conditional=False,
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
        ("kind", "podcast", "is not one of: rss, atom, json, sitemap, listing, wordpress, hint"),
        ("scope", "desa", "is not one of: national"),
        ("tier", "T9", "is not one of: T0, T1"),
        ("publisher_type", "", "is not one of: newsroom"),
        ("licence", "gratis", "is not one of: open"),
        ("zone", "WITA", "is not one of: Asia/Jakarta, Asia/Makassar, Asia/Jayapura"),
        ("status", "yes", "is not one of: active, probation, retired"),
        ("pages", "some", "is not one of: all, filtered"),
        ("conditional", "Yes", "is not one of: yes, no"),
        ("province", "Jakarta", "is no province as config/units.csv writes it"),
        ("province", "Bali + Sulsel", "'Sulsel' is no province"),
        ("url", "kabar.example/feed", "must be an absolute http(s) address"),
        ("url", "file:///etc/passwd", "must be an absolute http(s) address"),
        ("url", "https://pembaca:rahasia@kabar.example/feed", "must be an absolute http(s) address"),
        ("url", "https://kabar.example:8443/feed", "must be an absolute http(s) address"),
        ("url", "https://kabar.example/a feed", "must be an absolute http(s) address"),
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


def test_a_pattern_is_checked_and_is_for_listings_only(path: Path) -> None:
    _, problems = load(path, GOOD | {"kind": "listing", "link_pattern": "(/berita"})
    assert [problem.startswith(f"{path}:2: link_pattern: is not a regular expression") for problem in problems] == [True]
    _, problems = load(path, GOOD | {"link_pattern": "/berita/"})
    assert [problem.startswith(f"{path}:2: link_pattern: is read for a listing only") for problem in problems] == [True]


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
    assert problems == [f"{path}:2: this row does not have 16 cells; quote cells that hold commas"]


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


@pytest.mark.parametrize(
    "twin",
    [
        "http://kabar.example/feed",
        "https://www.kabar.example/feed",
        "https://KABAR.example/feed/",
        "http://www.kabar.example/feed/",
    ],
)
def test_one_address_in_two_spellings_is_a_mistake(path: Path, twin: str) -> None:
    sources, problems = load(path, GOOD, GOOD | {"id": "lain", "url": twin})
    assert len(sources) == 1
    assert problems == [f"{path}:3: url: {twin!r} stands in line 2 already"]


def test_addresses_that_differ_in_path_case_or_query_are_two(path: Path) -> None:
    rows = ["https://kabar.example/Feed", "https://kabar.example/feed?alt=rss", "https://m.kabar.example/feed"]
    sources, problems = load(path, GOOD, *(GOOD | {"id": f"lain-{n}", "url": url} for n, url in enumerate(rows)))
    assert (len(sources), problems) == (4, [])


def test_two_owners_of_one_site_are_a_mistake_and_none_is_not(path: Path) -> None:
    twin = GOOD | {"id": "lain", "url": "https://amp.kabar.example/rss"}
    _, problems = load(path, GOOD, twin | {"owner": "Lain"})
    assert problems == [f"{path}:3: owner: 'Lain' is not the 'Kabar Raya' of line 2, which has the same site"]
    sources, problems = load(path, GOOD, twin | {"owner": ""})
    assert (len(sources), problems) == (2, [])


def blocked(path: Path, *rows: str) -> tuple[Blocked, list[str]]:
    path.write_text("\n".join(["what,value,reason,seen", *rows, ""]), encoding="utf-8")
    problems = Problems()
    return load_blocked(path, problems), problems.found


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://salinan.example/berita/1", "copies"),
        ("http://WWW.Salinan.example./berita/1", "copies"),
        ("https://a.b.salinan.example/x", "copies"),
        ("https://bukansalinan.example/x", ""),
        ("https://kabar.example/rss", "dead"),
        ("http://www.kabar.example/rss/", "dead"),
        ("https://kabar.example/rss.xml", ""),
        ("https://kabar.example/rss/nasional", ""),
        ("https://daerah.kabar.example/rss", ""),
        ("https://kota.example/banda/a/b?c=d", "hacked"),
        ("https://kota.example/berita/banda/", ""),
        ("https://warta.example/rss/kriminal.xml", "dead too"),
        ("https://warta.example/rss/", ""),
        ("", ""),
        ("https://[::1", ""),
    ],
)
def test_the_block_list_knows_hosts_and_addresses(path: Path, url: str, reason: str) -> None:
    listed, problems = blocked(
        path,
        "host,salinan.example,copies,2026-11-23",
        "address,https://kabar.example/rss,dead,2026-11-23",
        "address,http://www.kota.example/banda/*,hacked,2026-11-23",
        "address,https://warta.example/rss/*.xml,dead too,2026-11-23",
    )
    assert problems == []
    assert listed.address(url) == reason
    assert listed.host(host_of(url)) == (reason if reason == "copies" else "")


@pytest.mark.parametrize(
    ("row", "column", "advice"),
    [
        ("site,kabar.example,x,2026-11-23", "what", "is not one of: host, address"),
        ("host,https://kabar.example,x,2026-11-23", "value", "must be a host name alone"),
        ("host,kabar,x,2026-11-23", "value", "must be a host name alone"),
        ("host,*.kabar.example,x,2026-11-23", "value", "must be a host name alone"),
        ("host,co.id,x,2026-11-23", "value", "is the end of many sites' names"),
        ("host,blogspot.com,x,2026-11-23", "value", "is the end of many sites' names"),
        ("address,kabar.example/rss,x,2026-11-23", "value", "must be an absolute http(s) address"),
        ("address,https://*.example/rss,x,2026-11-23", "value", "must be an absolute http(s) address"),
        ("address,https://kabar.example/*,x,2026-11-23", "value", "is a whole site; write it as a host"),
        ("host,kabar.example,,2026-11-23", "reason", "is empty"),
        ("host,kabar.example,x,kemarin", "seen", "must be a date"),
    ],
)
def test_a_mistake_of_the_block_list_is_told_and_blocks_nothing(path: Path, row: str, column: str, advice: str) -> None:
    listed, problems = blocked(path, row)
    assert listed == Blocked()
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:2: {column}: ")
    assert advice in problems[0]


def test_a_doubled_line_of_the_block_list_is_told(path: Path) -> None:
    _, problems = blocked(path, "host,kabar.example,x,2026-11-23", "host,KABAR.example,y,2026-11-23")
    assert problems == [f"{path}:3: value: 'KABAR.example' stands in line 2 already"]


def test_without_a_block_list_nothing_is_blocked(path: Path) -> None:
    problems = Problems()
    assert (load_blocked(path, problems), problems.found) == (Blocked(), [])


def test_a_source_on_the_block_list_is_a_mistake(path: Path) -> None:
    listed, _ = blocked(path.with_name("blocked.csv"), "host,kabar.example,spam,2026-11-23")
    load(path, GOOD, GOOD | {"id": "lain", "url": "https://lain.example/feed"})
    problems = Problems()
    sources = load_sources(path, problems, listed)
    assert [source.id for source in sources] == ["lain"]
    assert problems.found == [f"{path}:2: url: 'https://kabar.example/feed' is on the block list (spam); take one of the two out"]


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("babel.tribunnews.com", "tribunnews.com"),
        ("WWW.Fajar.co.id.", "fajar.co.id"),
        ("www.ditjenpas.go.id", "ditjenpas.go.id"),
        ("a.clickbanyuasin.web.id", "clickbanyuasin.web.id"),
        ("a.kabar.my.id", "kabar.my.id"),
        ("a.sukamaju.desa.id", "sukamaju.desa.id"),
        ("kabar.biz.id", "kabar.biz.id"),
        ("a.kampus.ac.id", "kampus.ac.id"),
        ("sekolah.sch.id", "sekolah.sch.id"),
        ("satu.blogspot.com", "satu.blogspot.com"),
        ("amp.kabar.example", "kabar.example"),
        ("co.id", ""),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_a_host_has_one_site(host: str, site: str) -> None:
    assert site_of(host) == site


def test_hosts_of_one_owner_share_a_lane(path: Path) -> None:
    other = GOOD | {"id": "lain", "url": "https://www.warta.co.id/rss"}
    alone = GOOD | {"id": "sendiri", "url": "https://sendiri.co.id/rss", "owner": ""}
    sources, problems = load(path, GOOD, other, alone)
    assert problems == []
    lane = lane_of(sources)
    hosts = ("kabar.example", "amp.kabar.example", "kota.warta.co.id", "www.sendiri.co.id", "asing.co.id", "co.id")
    assert [lane(host) for host in hosts] == ["Kabar Raya", "Kabar Raya", "Kabar Raya", "sendiri.co.id", "asing.co.id", "co.id"]


def shipped() -> tuple[Source, ...]:
    problems = Problems()
    listed = load_blocked(default_config() / "blocked.csv", problems)
    sources = load_sources(default_config() / "sources.csv", problems, listed)
    problems.raise_if_any()
    assert listed.hosts
    assert listed.addresses
    return sources


def test_the_shipped_catalogue_is_sorted_and_its_columns_agree() -> None:
    sources = shipped()
    assert [(source.tier, source.id) for source in sources] == sorted((source.tier, source.id) for source in sources)
    assert not [s.id for s in sources if (s.tier == "T0") != (s.publisher_type is PublisherType.OWN)], "owned means own"
    assert not [s.id for s in sources if s.kind is SourceKind.HINT and s.licence != "headline-only"]
    for host in ("antaranews.com", "kompas.com", "inews.id"):
        held = [source.licence for source in sources if site_of(host_of(source.url)) == host]
        assert set(held) == {"headline-only"}, host


def test_a_provincial_source_has_its_provinces_zone() -> None:
    east = {"Maluku", "Maluku Utara"}
    middle = {"Bali", "Kalimantan Selatan", "Kalimantan Timur", "Kalimantan Utara", "Gorontalo"}
    for source in shipped():
        first = source.province.partition(" + ")[0]
        zone = "Asia/Jakarta"
        if first in east or first.startswith("Papua"):
            zone = "Asia/Jayapura"
        elif first in middle or first.startswith(("Sulawesi", "Nusa Tenggara")):
            zone = "Asia/Makassar"
        assert source.zone == zone, source.id


def test_the_provinces_are_those_of_the_units() -> None:
    with (default_config() / "units.csv").open(encoding="utf-8", newline="") as file:
        assert {row["province"] for row in csv.DictReader(file)} == PROVINCES


def test_the_shipped_patterns_fit_articles_and_not_front_pages() -> None:
    for source in shipped():
        if source.kind is SourceKind.LISTING:
            assert not re.search(source.link_pattern, source.url), source.id
            host = host_of(source.url)
            assert not re.search(source.link_pattern, f"https://lain.example/?u={source.url}a-b-c-d-e"), source.id
            if "{3}" in source.link_pattern:
                assert re.search(source.link_pattern, f"https://{host}/berita/12/lima-tahanan-kabur-lewat-plafon.html"), source.id
                assert not re.search(source.link_pattern, f"https://{host}/kategori/hukum-kriminal"), source.id


def test_every_source_of_a_network_is_in_its_lane() -> None:
    sources = shipped()
    lane = lane_of(sources)
    assert lane("babel.tribunnews.com") == lane("indeks.kompas.com") == lane("makassar.tribunnews.com")
    assert lane("news.detik.com") == lane("www.cnnindonesia.com") != lane("babel.tribunnews.com")
    assert not [source.id for source in sources if source.owner and lane(host_of(source.url)) != source.owner]


@pytest.mark.parametrize("column", ["status", "kind", "licence", "tier", "publisher_type", "pages"])
def test_the_docs_count_the_catalogue(column: str) -> None:
    text = (default_config().parent / "docs" / "sources.md").read_text(encoding="utf-8")
    counts = Counter(str(getattr(source, column)) for source in shipped())
    told = ", ".join(f"{value} {count}" for value, count in sorted(counts.items()))
    assert f"| `{column}` | {told} |" in text
