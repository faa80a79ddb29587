"""How fast the pages of `pantau browse` and `pantau review` answer on a large data folder, through the real application.

    .venv/bin/python -m benchmarks.browse [--articles 100000] [--data DIR]

The folder is made of the demo's articles, judged by the shipped configuration, multiplied over a year and written through the
store's own writer (kept when --data names a folder, and used again). Each page is asked `ROUNDS` times; the slowest one counts.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.dates import Week
from pipeline.demo import run_demo, workplace_of_demo
from pipeline.settings import default_config
from pipeline.store.dataset import STORIES_FILE, articles_table, stories_table
from pipeline.store.parts import part_path, write_part
from pipeline.store.schema import ARTICLES, STORIES

LIMIT = 1.0  # seconds that a page may take
ROUNDS = 5
PART = 200  # rows, as settings.toml has it
DAYS = 365
COPIES = 5  # one article in so many is a copy of the one before it


def rows_like(models: list[dict[str, Any]], count: int, end: datetime) -> Iterator[dict[str, Any]]:
    """``count`` article rows in the likeness of ``models``, spread evenly over the year before ``end``."""
    draw = random.Random(7)  # noqa: S311 - an invented press, no secret
    model = models[0]
    for number in range(count):
        copied = number % COPIES == COPIES - 1
        model = model if copied else draw.choice(models)
        at = end - timedelta(days=DAYS) * (count - number) / count
        key = hashlib.sha256(str(number).encode()).hexdigest()[:16]
        url = f"https://media{number % 90}.example/baca/{number}"
        text = hashlib.sha256(f"{number - copied}".encode()).hexdigest()
        yield {
            **model,
            "key": key, "url": url, "canonical_url": url, "domain": f"media{number % 90}.example", "version": 0,
            "outlet": f"Media {number % 90}", "title": f"{model['title']} ({number - copied})", "text_sha256": text,
            "published": at, "first_seen": at, "dated_at": at, "week": str(Week.of(at)),
        }  # fmt: skip


def make(data: Path, count: int) -> None:
    """Fill ``data`` with a demo folder whose articles are ``count`` invented ones."""
    now = datetime.now(UTC).replace(microsecond=0)
    run_demo(default_config(), data, now, now, None, lambda what, done, total: None)  # noqa: ARG005
    models = articles_table(data).to_pylist()
    empty = dict.fromkeys(STORIES.names) | stories_table(data).to_pylist()[0]
    shutil.rmtree(data / "articles")
    placed, part = list[dict[str, Any]](), list[dict[str, Any]]()
    for number, row in enumerate(rows_like(models, count, now)):
        name = f"ingested={row['first_seen']:%Y-%m-%d}/part-{number // PART:06d}.parquet"
        part.append(row)
        if len(part) == PART or number == count - 1:
            write_part(part_path(data, "articles", name), [{**one, "part": name} for one in part], ARTICLES, "benchmark")
            part = []
        if row["relevance"] == "irrelevant":
            continue
        copied = number % COPIES == COPIES - 1
        origin = placed[-1]["key"] if copied and placed else row["key"]
        place = {"story_id": origin, "story_origin": origin, "story_role": "reprint" if copied else "origin", "event_id": origin}
        placed.append({**empty, **place, "key": row["key"]})
    write_part(data / STORIES_FILE, placed, STORIES)


def slowest(ask: Callable[[], object]) -> float:
    """The longest of ``ROUNDS`` tries, in seconds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begun)
    return max(times)


def measured(data: Path) -> Iterator[tuple[str, float, bool]]:
    """(what, seconds, whether the limit holds for it), through HTTP as a browser asks it."""
    from starlette.testclient import TestClient

    from pipeline.app.serving import address_of, site_of

    place = workplace_of_demo(data, datetime.now(UTC))
    if place is None:
        raise SystemExit(f"{data} is no folder that this benchmark has made; name another one")
    begun = time.perf_counter()
    site = site_of(place, address_of("127.0.0.1", 8740), "")
    yield "start: all articles read once", time.perf_counter() - begun, False
    browser = TestClient(site.application, base_url="http://127.0.0.1:8740", follow_redirects=True)

    def get(path: str) -> str:
        answer = browser.get(path)
        answer.raise_for_status()
        return answer.text

    def post(path: str, **form: str) -> str:
        answer = browser.post(path, data={"csrf": token, **form})
        answer.raise_for_status()
        return str(answer.url)

    token = found(get("/masuk"), r'name="csrf" value="([^"]+)"')
    post("/masuk", nama="Sari")
    token = found(get("/tinjau"), r'name="csrf" value="([^"]+)"')
    week = get("/")
    story, article = found(week, r'href="(/cerita/[^"]+)"'), found(week, r'href="(/artikel/[^"]+)"')
    filtered = "/?tone=negative&mandiri=ya&program=luar_program"
    for path in ("/", filtered, "/?hal=2", story, article, "/sumber", "/tinjau", "/riwayat", "/buta", "/kesepakatan"):
        yield f"GET {path}", slowest(lambda path=path: get(path)), True

    def correct() -> None:
        page = get("/tinjau")
        key = found(page, r'action="/tinjau/([0-9a-f]{16})"')
        shown = dict(re.findall(r'name="(tampak_\w+)" value="([^"]*)"', page))
        post(f"/tinjau/{key}", relevance="corrections", tone="neutral", programme_primary="luar_program", **shown)

    yield "one correction: asked, saved, next article shown", slowest(correct), True


def found(page: str, pattern: str) -> str:
    """The first match; a page without one is another page than it should be."""
    match = re.search(pattern, page)
    if match is None:
        raise SystemExit(f"no {pattern} in the page")
    return match[1]


def main() -> int:
    """Make the folder, measure, print; 1 when a page takes longer than ``LIMIT``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the folder here and use it again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = arguments.data or Path(scratch) / "data"
        if not data.exists():
            make(data, arguments.articles)
        slow = False
        for what, seconds, limited in measured(data):
            over = limited and seconds > LIMIT
            slow |= over
            print(f"{seconds:7.3f} s  {what}{'  OVER' if over else ''}", flush=True)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB at most")
    return int(slow)


if __name__ == "__main__":
    raise SystemExit(main())
