"""Mutated answers through every parser of sources, and mutated files of every kind: nothing may raise, grow, or hang.

    ./run fuzz [--minutes N] [--seed N] [--keep FOLDER] [--guided] [--target NAME]

Mutates small answers of every kind (cut, doubled, spliced, re-encoded, filled with marks that parsers dislike). The same seed
gives the same cases. Every kind of file that is read (``fuzz_files.py``: feeds, html, settings, labels, manifest …) gets the same
processor time; ``--target`` names one of them alone. A case that breaks a promise is written to FOLDER and named; exit code 1.
``--guided`` lets atheris choose the mutations of feeds by code coverage (``pip install atheris``; it ends at its first finding).
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.feeds import outcome_of
from pipeline.fetch.discover import find_feeds, kind_of, sitemaps_of
from pipeline.fetch.feeds import MAX_ENTRIES, Listing
from pipeline.fetch.health import challenge, soft_error
from pipeline.fetch.parsing import parse
from pipeline.fetch.schedule import Standing
from pipeline.fetch.sitemaps import MAX_CHILDREN
from pipeline.records import Source, SourceKind
from pipeline.urls import is_fetchable

KINDS = tuple(kind for kind in SourceKind if kind is not SourceKind.ATOM)  # its parser is that of RSS
BOUND_SECONDS = 20.0  # of processor time, of one case through everything: four times feedparser at its worst
MAX_CASE = 100_000
HOME = "https://kabar.example/indeks"
NOW = datetime(2026, 11, 26, tzinfo=UTC)

_NEWS = "<n:news><n:publication_date>2026-11-25</n:publication_date><n:title>Panen</n:title></n:news>"
SEEDS = tuple(
    text.encode()
    for text in (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>K</title><item><title>Panen</title><link>https://kabar.example/1</link><guid>kabar-1</guid><description>"
        "<![CDATA[<p>Isi &amp; lain</p>]]></description><pubDate>Wed, 25 Nov 2026 10:00:00 +0700</pubDate></item><item><title>"
        "Kedua - Kabar</title><link>/2</link><dc:date>2026-11-25T10:00:00Z</dc:date><source url='https://k.example'>Kabar</source>"
        "</item></channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>K</title><entry xml:base="https://kabar.example/"><title type="html">P'
        '</title><id>tag:1</id><link rel="alternate" href="1"/><updated>2026-11-25T10:00:00Z</updated><content type="xhtml"><div '
        'xmlns="http://www.w3.org/1999/xhtml"><p>Isi</p></div></content></entry></feed>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="/1">'
        "<title>P</title><link>https://kabar.example/1</link></item></rdf:RDF>",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>https://kabar.example/1</loc><lastmod>2026-11-25</lastmod>{_NEWS}</url></urlset>",
        "<sitemapindex><sitemap><loc>https://kabar.example/sitemap-2026-11.xml</loc><lastmod>2026-11-25</lastmod></sitemap>"
        "<sitemap><loc>/tag-sitemap3.xml</loc></sitemap></sitemapindex>",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://kabar.example/1", "title": "P", '
        '"content_html": "<p>Isi</p>", "date_published": "2026-11-25T10:00:00+07:00"}]}',
        '[{"link": "https://kabar.example/1", "date_gmt": "2026-11-25T03:00:00", "title": {"rendered": "P &#8211; Q"}, '
        '"excerpt": {"rendered": "<p>Isi</p>"}}]',
        '<html><head><title>Just a moment...</title><base href="/x/"><link rel="alternate" href="/feed" '
        'type="application/rss+xml"><script>_cf_chl_opt={}</script></head><body><div class="isi"><a href="/berita/1">P</a></div>',
        "User-agent: *\nSitemap: https://kabar.example/sitemap-news.xml\n",
    )
)
TOKENS = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        *("<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", "<?", "?>", "<!DOCTYPE x [", "<!ENTITY a 'b'>", "<!", "</", "/>"),
        *("<item>", "</item>", "<entry>", "<url>", "<loc>", "<title>", "<x xmlns='", "<a href='", "<link href='//['/>", "<p>"),
        *("&#0;", "&#xD83D;", "&#99999999999999;", "&a;", "\\ud83d", "\\u0000", "\x00", "\ufeff", "\ud800", "\u202e", "\n" * 50),
        *("http://[", "javascript:", "https://a@b/", "//", "?rest_route=/", "9999-12-31T23:59:59-05:00", "0001-01-01", "1e999"),
        *("[" * 3000, '{"a":' * 3000, "<x>" * 3000, "9" * 5000, "encoding='" * 20, "encoding='utf-7'", "encoding='zip'"),
        *("/proc/self/environ", "NaN", "null", "-1", '""', "{}", "[]", '"items":', "captcha", "Sitemap:"),
    )
)
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "cp1252", "utf-8-sig")


class BrokenPromiseError(Exception):
    """A listing that no parser may give."""


def cases(rng: random.Random, max_case: int = MAX_CASE) -> Iterator[bytes]:
    """Mutated seeds of at most ``max_case`` bytes without end, the same for the same state of ``rng``."""
    while True:
        body = rng.choice(SEEDS)
        for _ in range(rng.randint(1, 6)):
            body = mutated(body, rng)[:max_case]
        yield body


def mutated(body: bytes, rng: random.Random) -> bytes:
    """One change, as transfer faults, careless systems and attackers make them."""
    start, end = sorted((rng.randint(0, len(body)), rng.randint(0, len(body))))
    match rng.randrange(9):
        case 0:
            return body[:start]
        case 1:
            return body[:start] + body[end:]
        case 2:
            return body[:start] + rng.choice(TOKENS) + body[start:]
        case 3:
            return body[:start] + body[start:end] * rng.randint(2, 40) + body[end:]
        case 4:
            return body[:start] + rng.randbytes(rng.randint(1, 8)) + body[start:]
        case 5:
            other = rng.choice(SEEDS)
            return body[:start] + other[rng.randint(0, len(other)) :]
        case 6:
            return body.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")
        case 7:
            return body[:start] + rng.choice(TOKENS) * rng.randint(2, 30) + body[end:]
        case _:
            packed = gzip.compress(body, 1, mtime=0)
            return packed if rng.random() < 0.9 else packed[: rng.randint(0, len(packed))]


def attempt(body: bytes) -> Counter[str]:
    """One case through every parser and recogniser: the outcomes by kind. Raises what they raise, or ``BrokenPromiseError``."""
    outcomes: Counter[str] = Counter()
    for kind in KINDS:
        source = Source("kabar", "Kabar", kind, HOME, link_pattern=r"/berita/\d+")
        for content_type in ("", "text/xml; charset=utf-16"):
            listing = parse(body, content_type, source, HOME, (".isi a",) if content_type else ())
            if broken := promise_broken(listing):
                raise BrokenPromiseError(f"{kind}: {broken}")
            soft_error(listing, body, content_type, Standing("kabar"), NOW)
            outcomes[f"{kind}: {outcome_of(listing)}"] += 1
    challenge(body, 403, {"content-type": "text/html"})
    kind_of(body)
    for candidate in (*find_feeds(body, HOME), *sitemaps_of(body.decode("utf-8", "replace"), HOME)):
        if not is_fetchable(candidate.url):
            raise BrokenPromiseError(f"candidate {candidate.url!r}")
    return outcomes


def promise_broken(listing: Listing) -> str:
    """What a listing must not be, "" when it is fine."""
    entries = listing.entries
    texts = [text for entry in entries for text in (entry.url, entry.title, entry.summary, entry.published_raw)]
    try:
        "".join((*texts, listing.problem, listing.note, *(url for url, _ in listing.children))).encode()
    except UnicodeEncodeError as error:
        return f"text that cannot be stored: {error}"
    addresses = [*(entry.url for entry in entries), *(url for url, _ in listing.children)]
    checks = {
        "more entries than the bound": len(entries) > MAX_ENTRIES or len(listing.children) > MAX_CHILDREN,
        "an address that may not be fetched": not all(is_fetchable(address) for address in addresses),
        "one key twice": len({entry.key for entry in entries}) != len(entries),
        "a date without zone": any(entry.published is not None and entry.published.tzinfo is None for entry in entries),
        "neither entries nor a reason": not (entries or listing.children or listing.problem or listing.note),
        "an overlong text": any(len(text) > 2048 for text in texts),
        "a NUL": any("\x00" in text for text in texts),
    }
    return next((name for name, broken in checks.items() if broken), "")


def guided(minutes: float, keep: Path) -> None:
    """The same target under atheris, until the time is up or something breaks; it exits by itself."""
    import atheris

    keep.mkdir(parents=True, exist_ok=True)
    atheris.instrument_all()
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS):
            (Path(corpus) / str(number)).write_bytes(seed)
        flags = {"max_total_time": int(minutes * 60), "max_len": MAX_CASE, "timeout": int(BOUND_SECONDS)}
        options = [*(f"-{name}={value}" for name, value in flags.items()), f"-artifact_prefix={keep}/"]
        atheris.Setup([sys.argv[0], corpus, *options], attempt)
        atheris.Fuzz()


def main() -> None:
    """Run until the time is up; print what came of each kind of file, its slowest case and what broke."""
    from benchmarks.fuzz_files import TARGETS, fuzzed

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--keep", type=Path, default=Path("data/fuzz"), help="where breaking cases go (default: %(default)s)")
    parser.add_argument("--target", default="all", help=f"all (default), or one of {', '.join(one.name for one in TARGETS)}")
    parser.add_argument("--guided", action="store_true", help="let atheris choose the mutations")
    options = parser.parse_args()
    if options.guided:
        guided(options.minutes, options.keep)
        return
    chosen = [target for target in TARGETS if options.target in ("all", target.name)]
    if not chosen:
        parser.error(f"--target: {options.target!r} is none; write all, or one of: {', '.join(one.name for one in TARGETS)}")
    told = fuzzed(chosen, options.seed, options.minutes * 60, options.keep)
    print("| target | cases | answered | refused with advice | slowest, s | broken |\n|---|---|---|---|---|---|")
    for one in told:
        answered = one.outcomes["ok"]
        refused = one.outcomes.total() - answered
        print(f"| {one.target.name} | {one.cases} | {answered} | {refused} | {one.slowest:.2f} | {len(one.found)} |")
    print(f"{sum(one.cases for one in told)} cases, seed {options.seed}; a case may cost {BOUND_SECONDS:g} s of processor time")
    for one in told:
        for fault, path in one.found.items():
            print(f"BROKEN {one.target.name}: {fault}\n    {path}", file=sys.stderr)
    sys.exit(any(one.found for one in told))


if __name__ == "__main__":
    main()
