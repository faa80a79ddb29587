"""Pages a second from a loopback web of 200 hosts: our client in its lanes, beside plain httpx2 and aiohttp.

    .venv/bin/python -m benchmarks.fetching [--pages 2000] [--rounds 5]

The web runs in a process of its own on one loopback port and answers each page (40 KB of HTML) at once; hosts are told by their
Host header. Each contestant of each round is a fresh process, and rounds are interleaved, so that a busy minute of the machine
strikes all alike. Ours asks every host's robots.txt too (in the time, not among the pages), limits bytes and seconds, looks for
challenge pages, and opens a connection for each request. "close": the others open one for each request too; "kept": they keep
them open and, since all hosts are one address here, share them among hosts as they could not in the world. aiohttp is no
dependency of ours: it is measured where it happens to be installed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from multiprocessing.connection import Connection

HOSTS = 200
PAGE = b"<!DOCTYPE html><article>" + b"<p>Warga binaan mengikuti pelatihan kerja di lapas.</p>\n" * 720 + b"</article>"
DELAY = 0.2  # seconds, of the polite contestants: a twenty-fifth of what is usual, so that it ends

# (who, how many at once, delay, "close" or "kept")
CONTESTANTS: list[tuple[str, int, float, str]] = [
    *(("ours", threads, delay, "close") for delay in (0.0, DELAY) for threads in (1, 16, 32)),
    ("httpx2", 1, 0.0, "close"),
    ("httpx2", 1, 0.0, "kept"),
    ("httpx2 in threads", 16, 0.0, "close"),
    *(("httpx2 async", many, 0.0, how) for many in (16, 32) for how in ("close", "kept")),
    *(("aiohttp", many, 0.0, how) for many in (16, 32) for how in ("close", "kept")),
]


class _Answering(asyncio.Protocol):
    """Answers each request of a connection with the page, or with robots.txt."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.asked = transport, b""

    def data_received(self, data: bytes) -> None:
        self.asked += data
        while b"\r\n\r\n" in self.asked:
            head, _, self.asked = self.asked.partition(b"\r\n\r\n")
            robots = b" /robots.txt " in head[:40]
            kind, body = (b"text/plain", b"User-agent: *\nDisallow: /dalam/\n") if robots else (b"text/html; charset=utf-8", PAGE)
            close = b"connection: close" in head.lower()
            more = b"Connection: close\r\n" if close else b""
            top = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b\r\n" % (kind, len(body), more)
            assert isinstance(self.transport, asyncio.Transport)  # noqa: S101 - for the type checker
            self.transport.write(top + body)
            if close:
                self.transport.close()


def _serve(told: Connection) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0, backlog=512)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


def addresses(pages: int) -> list[tuple[str, str]]:
    """(host, path) of every page, hosts in turn."""
    return [(f"kabar{number % HOSTS}.example", f"/read/{number}/judul-berita") for number in range(pages)]


def ours(port: int, pages: int, threads: int, delay: float, _how: str) -> int:
    """Client, robots and lanes as a run uses them; returns bytes."""
    from pipeline.fetch.client import Client, Payload
    from pipeline.fetch.lanes import Lanes
    from pipeline.fetch.pace import Pace
    from pipeline.fetch.robots import Robots
    from pipeline.settings import Fetch

    pace = Pace(delay=delay)
    client = Client(Fetch(loopback_origin=f"127.0.0.1:{port}"), pace)
    robots = Robots(client, lambda origin: None)  # noqa: ARG005 - nothing is remembered
    lanes: Lanes[str] = Lanes(pace, threads)
    for host, path in addresses(pages):
        lanes.add(host, path, partial(client.get, f"https://{host}{path}", kinds=("text/html",), may=robots.refusal))
    return sum(len(got.body) for _, got in lanes.results() if isinstance(got, Payload))


def httpx_sync(port: int, pages: int, threads: int, _delay: float, how: str) -> int:
    """One client, in one thread or shared by several."""
    import httpx2

    more = {"Connection": "close"} if how == "close" else {}

    with httpx2.Client(headers=more, limits=httpx2.Limits(max_connections=threads)) as client:

        def get(page: tuple[str, str]) -> int:
            return len(client.get(f"http://127.0.0.1:{port}{page[1]}", headers={"Host": page[0]}).content)

        if threads == 1:
            return sum(map(get, addresses(pages)))
        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(get, addresses(pages)))


async def _many(get: Callable[[tuple[str, str]], Awaitable[int]], pages: int, many: int) -> int:
    """All pages by so many workers."""
    left, total = iter(addresses(pages)), 0

    async def work() -> None:
        nonlocal total
        for page in left:
            received = await get(page)  # first: the total is read after it
            total += received

    await asyncio.gather(*(work() for _ in range(many)))
    return total


def httpx_async(port: int, pages: int, many: int, _delay: float, how: str) -> int:
    """One asynchronous client, so many requests at once."""
    import httpx2

    async def run() -> int:
        more = {"Connection": "close"} if how == "close" else {}
        async with httpx2.AsyncClient(headers=more, limits=httpx2.Limits(max_connections=many)) as client:

            async def get(page: tuple[str, str]) -> int:
                return len((await client.get(f"http://127.0.0.1:{port}{page[1]}", headers={"Host": page[0]})).content)

            return await _many(get, pages, many)

    return asyncio.run(run())


def aio(port: int, pages: int, many: int, _delay: float, how: str) -> int:
    """aiohttp's client, so many requests at once."""
    import aiohttp  # type: ignore[import-not-found,unused-ignore]

    async def run() -> int:
        connector = aiohttp.TCPConnector(limit=many, force_close=how == "close")
        async with aiohttp.ClientSession(connector=connector) as session:

            async def get(page: tuple[str, str]) -> int:
                async with session.get(f"http://127.0.0.1:{port}{page[1]}", headers={"Host": page[0]}) as answer:
                    return len(await answer.read())

            return await _many(get, pages, many)

    return asyncio.run(run())


FETCHERS = {"ours": ours, "httpx2": httpx_sync, "httpx2 in threads": httpx_sync, "httpx2 async": httpx_async, "aiohttp": aio}


def one(who: str, many: int, delay: float, how: str, port: int, pages: int) -> dict[str, float]:
    """One contestant once, in this process. Seconds, processor seconds and peak MB."""
    FETCHERS[who](port, min(pages, HOSTS) // 10, many, 0.0, how)  # imports, and what is built at first use
    begun, used = time.perf_counter(), time.process_time()
    received = FETCHERS[who](port, pages, many, delay, how)
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    if received != pages * len(PAGE):
        raise RuntimeError(f"{who} got {received} bytes instead of {pages * len(PAGE)}; its time says nothing")
    return {"wall": wall, "cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in rounds, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fetching", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        who, many, delay, how, port = options.one
        print(json.dumps(one(who, int(many), float(delay), how, int(port), options.pages)))
        return
    wanted = [contestant for contestant in CONTESTANTS if contestant[0] != "aiohttp" or find_spec("aiohttp")]
    if len(wanted) < len(CONTESTANTS):
        print("aiohttp is not installed here and is left out (pip install aiohttp)\n")
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()
    found: dict[tuple[str, int, float, str], list[dict[str, float]]] = {}
    for _ in range(options.rounds):
        for contestant in wanted:
            command = [sys.executable, "-m", "benchmarks.fetching", "--pages", str(options.pages)]
            command += ["--one", *map(str, contestant), str(port)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own command
            found.setdefault(contestant, []).append(json.loads(said))
    server.terminate()
    print("| who | at once | delay | connections | pages a second, median (least to most) | ms of processor a page | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for (who, many, delay, how), rounds in found.items():
        speeds = sorted(options.pages / each["wall"] for each in rounds)
        cost = statistics.median(each["cpu"] for each in rounds) / options.pages * 1000
        speed = f"{statistics.median(speeds):.0f} ({speeds[0]:.0f} to {speeds[-1]:.0f})"
        print(f"| {who} | {many} | {delay:g} s | {how} | {speed} | {cost:.2f} | {max(each['peak'] for each in rounds):.0f} |")


if __name__ == "__main__":
    main()
