"""``pantau review`` and ``pantau browse``: the application wired, its address and token checked, and served until Ctrl-C."""

from __future__ import annotations

import ipaddress
import socket
import sys
from argparse import Namespace
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands import need_data, place_of
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.app.web import Site
    from pipeline.jobs import Workplace

SHORTEST_TOKEN = 20  # characters
HINT = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(24))'"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the application listens; ``hosts``: what a browser may call it."""

    host: str
    port: int
    hosts: frozenset[str]


def review(arguments: Namespace) -> int:
    """``pantau review``."""
    return _serve(arguments, "/tinjau")


def browse(arguments: Namespace) -> int:
    """``pantau browse``."""
    return _serve(arguments, "/")


def _serve(arguments: Namespace, page: str) -> int:
    try:
        import uvicorn
    except ImportError:
        raise ConfigError("the pages need the extra [app]: `./run review` and `./run browse` install it") from None
    place = place_of(arguments)
    need_data(place)
    app = place.settings.app
    host, port = arguments.host or app.host, app.port if arguments.port is None else arguments.port
    token = app.secret()
    check_address(host, token)
    with _listening(host, port) as listener:
        address = address_of(host, int(listener.getsockname()[1]), app.hosts)
        print("pantau: reading the articles …", file=sys.stderr)
        site = site_of(place, address, token)
        shown = f"[{address.host}]" if ":" in address.host else address.host
        print(f"http://{shown}:{address.port}{page}  (Ctrl-C ends it)", flush=True)
        config = uvicorn.Config(
            site.application,
            log_config=None,  # our own log tells what matters; addresses of pages hold what a person looked for
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=64,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=3,
            h11_max_incomplete_event_size=16_000,
        )
        with suppress(KeyboardInterrupt):  # how a person ends it: the pages on their way have been sent
            uvicorn.Server(config).run(sockets=[listener])
    return 0


def check_address(host: str, token: str) -> None:
    """Raises ``ConfigError`` for an address that other machines reach without a token, or for a token that is soon guessed."""
    if token and len(token) < SHORTEST_TOKEN:
        raise ConfigError(f"the token of the pages is shorter than {SHORTEST_TOKEN} characters; {HINT}")
    if not token and not _is_loopback(host):
        raise ConfigError(
            f"{host} can be reached by other machines, so the pages need a token: put it into a file that only this user reads "
            f"and name the file in app.token_file of settings.toml, or in $PANTAU_APP_TOKEN; {HINT}"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_of(host: str, port: int, named: Iterable[str] = ()) -> Address:
    """The address with every name by which a browser may ask for it: DNS rebinding comes under another one."""
    named = [name.lower() for name in named]
    names = {host, *named} | ({"127.0.0.1", "localhost", "::1"} if _is_loopback(host) else set())
    shown = {f"[{name}]" if ":" in name else name.lower() for name in names}
    return Address(host, port, frozenset({*(f"{name}:{port}" for name in shown), *named}))


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        raise ConfigError(
            f"{host} port {port} cannot be listened on ({error.strerror}); choose another, or a free one: --port 0"
        ) from None
    listener.listen(64)
    return listener


def site_of(place: Workplace, address: Address, token: str) -> Site:
    """The application over a workplace, its articles read."""
    from pipeline.app.asked import Way
    from pipeline.app.blindly import Blindly
    from pipeline.app.browsing import Browsing, Facts
    from pipeline.app.desk import Desk
    from pipeline.app.held import Shelf
    from pipeline.app.rendering import HERE, pages
    from pipeline.app.reviewing import Reviewing
    from pipeline.app.signing import Signer
    from pipeline.app.web import Site
    from pipeline.classify.taxonomy import load_taxonomies
    from pipeline.classify.units import KANWIL, load_units
    from pipeline.classify.vocabulary import load_calibration
    from pipeline.configfile import Problems

    problems = Problems()
    taxonomies = load_taxonomies(place.config / "programmes", problems)
    units = sorted({unit.name for unit in load_units(place.units, problems)})
    calibration = load_calibration(place.config / "calibration.yaml", problems)
    problems.raise_if_any()
    facts = Facts(taxonomies[place.settings.report.taxonomy], taxonomies, sorted(KANWIL), units)
    shelf = Shelf(place, calibration.review.new_story if calibration else 0.0)
    shelf.held()
    render = pages(lambda: site.versions())
    look, work = Browsing(shelf, facts, render), Reviewing(shelf, facts, render, Desk(shelf), token)
    blind = Blindly(shelf, facts, render)
    ways = [
        Way("/", look.week),
        Way("/cerita/{story}", look.story),
        Way("/artikel/{key}", look.article),
        Way("/sumber", look.sources),
        Way("/masuk", work.door, open=True),
        Way("/masuk", work.enter, post=True, open=True),
        Way("/keluar", work.leave, post=True),
        Way("/tinjau", work.queue, named=True),
        Way("/tinjau/ulangi", work.again, post=True, named=True),
        Way("/tinjau/urungkan", work.undo, post=True, named=True),
        Way("/tinjau/{key}", work.article_to_judge, named=True),
        Way("/tinjau/{key}", work.save, post=True, named=True),
        Way("/tinjau/{key}/lewati", work.skip, post=True, named=True),
        Way("/riwayat", work.history, named=True),
        Way("/riwayat/tarik", work.withdraw, post=True, named=True),
        Way("/buta", blind.queue, named=True),
        Way("/buta/{key}", blind.save, post=True, named=True),
        Way("/kesepakatan", blind.agreement, named=True),
        Way("/kesepakatan/catat", blind.write_agreed, post=True, named=True),
    ]

    def failed(status: int, detail: str) -> str:
        title, text = FAILURES.get(status, FAILURES[500])
        return render("galat.html", title=title, text=text, detail=detail)

    site = Site(ways, Path(HERE / "static"), address.hosts, Signer(), failed, token=bool(token), login="/masuk")
    return site


FAILURES = {
    400: ("Formulir rusak", "Isi formulir tidak terbaca. Kembali, muat ulang halaman, lalu coba lagi."),
    403: ("Ditolak", "Formulir ini dibuat untuk sesi lain. Muat ulang halaman, lalu coba lagi."),
    404: ("Tidak ditemukan", "Alamat itu tidak ada."),
    405: ("Ditolak", "Alamat itu tidak menerima permintaan semacam ini."),
    413: ("Terlalu besar", "Formulir terlalu besar dan tidak dibaca."),
    414: ("Terlalu panjang", "Alamatnya terlalu panjang."),
    415: ("Ditolak", "Hanya formulir halaman ini yang diterima."),
    421: (
        "Alamat lain",
        "Halaman ini hanya menjawab pada alamat yang ditampilkan pantau saat mulai, atau app.hosts.",
    ),
    500: ("Galat", "Halaman ini gagal dibuat. Catatan di terminal menyebut sebabnya."),
    503: ("Data belum dapat dibaca", "Folder data atau catatan koreksi belum dapat dibaca. Perbaiki seperti tertulis di bawah."),
}
