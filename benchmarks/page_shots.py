"""Pictures of the weekly page, to be looked at: demo, empty, one article, five hundred, one office; by axe-core too, where it is.

    python -m benchmarks.page_shots --out DIR [--data DEMO] [--axe axe.min.js] [--only NAME]

Needs Chromium, poppler-utils (pdftoppm) and the Python package playwright; axe.min.js is the file of that name of the npm package
axe-core. Exit code 1 where the PDF is not two sheets, the page is wider than its window, or axe finds something serious.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pipeline.dates import Week
from pipeline.report.page import PageFacts, page_html
from pipeline.report.pdf import BROWSERS, write_pdf
from pipeline.report.span import Span
from pipeline.report.trend import trend_table, weeks_until
from pipeline.report.weekly import weekly_tables
from tests.report import builder

WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SEED = 20261116
LONG = "Pertanggungjawaban Ketidakberpihakan Mempertanggungjawabkan Penyelenggaraan Kemasyarakatan Berkesinambungan"
HOSTILE = (
    "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "\u202eItrebmel rutar gnay\u202c lapas",
    "سجن جديد " * 6,
    "😀" * 40,
    "x" * 10_000,
    "Za" + "\u0301" * 400 + "lgo",
)


def main() -> int:
    """Make every page, print and photograph it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="a demo folder with reports")
    parser.add_argument("--axe", type=Path, help="axe.min.js")
    parser.add_argument("--only", help="one page")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    pages = pages_of(chosen.data)
    problems = []
    for name, html in pages.items():
        if chosen.only in (None, name):
            path = chosen.out / f"{name}.html"
            path.write_bytes(html)
            problems += [f"{name}: {problem}" for problem in (*printed(path), *photographed(path, chosen.axe))]
    print(*problems, sep="\n")
    return int(bool(problems))


def pages_of(data: Path | None) -> dict[str, bytes]:
    """The pages by name."""
    pages = {path.parent.name: path.read_bytes() for path in sorted((data or Path("-")).glob("reports/*/laporan.html"))}
    dice = random.Random(SEED)  # noqa: S311 - no secret
    one = [builder.article("satu", tone="negative", incidents=["kabur"], tone_evidence=builder.quote(LONG))]
    return pages | {
        "kosong": synthetic([]),
        "satu": synthetic(one),
        "limaratus": synthetic([row for week in range(12) for row in many(dice, week, 500 if week == 0 else 200)]),
        "kanwil": synthetic([row | {"kanwil": "Jawa Barat"} for row in many(dice, 0, 60)], only="Jawa Barat"),
        "aneh": synthetic(strange()),
    }


def synthetic(rows: list[dict[str, Any]], only: str = "") -> bytes:
    """A page of made-up rows: this week's, last week's and older ones."""
    from pipeline.classify.units import KANWIL

    frame = builder.frame(*rows)
    week, before = builder.WEEK, builder.WEEK.before
    polls = tuple(builder.MONDAY + timedelta(days=day) for day in range(-80, 9))
    context = builder.context(kanwil=KANWIL, only=only, polls=polls, sources=sources())
    held = {name: frame[frame["week"] == str(name)] for name in (week, before)}
    tables = weekly_tables(held[week], held[before], context)
    mine = frame[frame["kanwil"] == only] if only else frame
    # Weeks 4 and 5 of the twelve were not watched, and nothing is known of them.
    weeks = weeks_until(week.start)
    unwatched = {str(name) for name in weeks[3:5]}
    seen = [poll for poll in polls if str(Week.of(poll)) not in unwatched]
    trend = trend_table(mine[~mine["week"].isin(unwatched)], weeks, seen)
    return page_html(tables, trend, PageFacts(Span.of_week(week), only))


def many(dice: random.Random, back: int, count: int) -> list[dict[str, Any]]:
    """A week's rows as they might be, ``back`` weeks ago: releases that spread, reports that do not."""
    from pipeline.classify.units import KANWIL

    week = Week.of(builder.MONDAY - timedelta(days=7 * back))
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        story, release = f"{back}-{len(rows)}", dice.random() < 0.6
        tone = dice.choices(("positive", "neutral", "negative", "unsure"), (80, 15, 1, 4) if release else (30, 25, 40, 5))[0]
        office, slug = dice.choice(KANWIL), dice.choice((*builder.SLUGS, "umum", "luar_program", "luar_program"))
        title = f"Kegiatan {slug.replace('_', ' ')} di {office}, {dice.choice(LONG.split())} warga binaan nomor {len(rows)}"
        incidents = [dice.choice(("kabur", "kematian", "pelayanan", "korupsi_pungli"))] if tone == "negative" else []
        for copy in range(dice.choice((1, 1, 2, 4, 8, 15)) if release else 1):
            rows.append(
                builder.article(
                    f"{story}-{copy}", day=dice.random() * 7 - 7 * back, week=str(week), title=title, tone=tone, kanwil=office,
                    incidents=incidents, needs_review=dice.random() < 0.2, story_id=f"{story}-0", event_id=f"{story}-0",
                    story_role="reprint" if copy else "origin", story_origin=f"{story}-0", programme_primary=slug,
                    outlet=f"Media {dice.randrange(60)}", tier=dice.choice(("T0", "T1", "T2", "T3", "T3")) if release else "T1",
                    source_type="press_release" if release else "report", unit_primary=f"Lapas {office} {dice.randrange(9)}",
                    tone_evidence=builder.quote(f"Petugas mengaku lalai, {LONG.lower()} hingga pintu rusak sejak pekan lalu"),
                )
            )  # fmt: skip
    return rows[:count]


def strange() -> list[dict[str, Any]]:
    """Titles that mean no good."""
    return [
        builder.article(f"aneh{at}", tone="negative", title=title, outlet=title, url="javascript:alert(1)",
                        tone_evidence=builder.quote(title), unit_primary=title, story_id=f"aneh{at // 2}")
        for at, title in enumerate(HOSTILE)
    ]  # fmt: skip


def sources() -> Any:
    """A hundred and forty sources, some down, some silent."""
    good = builder.MONDAY + timedelta(days=3)
    return builder.sources(
        *((f"sumber{at:03}", f"Warta Daerah {at}", "ok", good, "", 0 if at % 9 == 0 else 12) for at in range(120)),
        *((f"mati{at:02}", f"Kabar {LONG.split()[at % 6]} {at}", "timeout", good, "timeout", 0) for at in range(14)),
        *((f"tidur{at:02}", f"Kabar Tidur {at}", "inactive", None, "", 0) for at in range(6)),
    )


def printed(path: Path) -> list[str]:
    """The PDF and its sheets as pictures."""
    pdf = path.with_suffix(".pdf")
    if problem := write_pdf(path, pdf):
        return [problem]
    told = _run("pdfinfo", str(pdf))
    _run("pdftoppm", "-r", "100", "-png", str(pdf), str(path.with_name(f"{path.stem}-lembar")))
    sheets = int(told.partition("Pages:")[2].split()[0])
    return [] if sheets == 2 and "A4" in told else [f"{sheets} sheets"]


def _run(*command: str) -> str:
    """What a program of poppler-utils prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own files


def photographed(path: Path, axe: Path | None) -> list[str]:
    """The page at each width and in both schemes."""
    from playwright.sync_api import sync_playwright

    problems: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith("file:"):
            problems.append(f"asks for {request.url[:80]}")

    program = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for scheme in SCHEMES:
            for width in WIDTHS:
                room = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
                page = room.new_page()
                page.on("request", asked)
                page.goto(path.resolve().as_uri())
                page.screenshot(path=path.with_name(f"{path.stem}-{width}-{scheme}.png"), full_page=True)
                if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                    problems.append(f"{wide} pixels wide in a window of {width}")
                if axe:
                    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                    page.evaluate(axe.read_text(encoding="utf-8"))
                    found = json.loads(page.evaluate("axe.run().then(found => JSON.stringify(found.violations))"))
                    problems += [
                        f"axe, {width} {scheme}: {one['impact']} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found
                    ]
                room.close()
        browser.close()
    return problems


if __name__ == "__main__":
    sys.exit(main())
