"""What ``pantau report`` does: which report is meant, its files and manifest, written or made again from a manifest."""

from __future__ import annotations

import difflib
import gc
import logging
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import jobs
from pipeline.dates import Week
from pipeline.errors import ConfigError
from pipeline.report.edition import PAGE, PDF, Edition, Snapshot
from pipeline.report.manifest import MANIFEST, first_edition, listed_files, read_manifest, sha256
from pipeline.report.page_sentences import sentences
from pipeline.report.publish import publish, standing
from pipeline.report.span import Span, day_of
from pipeline.snapshot import Wish, polls_among, snapshot, weeks_of

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.jobs import Workplace
    from pipeline.report.restating import First

log = logging.getLogger("pantau.reporting")
RARELY = 200_000  # objects made until the first look for circles
REBUILT = "_dari-"  # in the folder's name of a report that was made again from a manifest that is not the folder's own


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made. ``changed``: any file of its folder; ``sentences``: the span in a few words, for a mail."""

    folder: Path
    changed: bool
    sentences: tuple[str, ...]


def report(arguments: Namespace) -> int:
    """``pantau report``."""
    from pipeline.commands import need_data, place_of
    from pipeline.spreading import sync

    place = place_of(arguments)
    need_data(place)
    if (arguments.again or arguments.dry_run) and not arguments.send:
        raise ConfigError("--again and --dry-run go with --send")
    with jobs.alone(place):
        sync(place)
        named = arguments.from_manifest
        made = rebuild(place, named) if named else write(place, wish_of(place, arguments))
        told = _print_pdf(made)
    print(f"{made.folder}: {'written' if made.changed else 'unchanged'}")
    if told:
        print(f"pantau: {PDF} was not made: {told}", file=sys.stderr)
    return _send(place, made, arguments) if arguments.send else 0


def _send(place: Workplace, made: Made, arguments: Namespace) -> int:
    from pipeline.delivery import deliver

    done = deliver(place, made.folder, made.sentences, again=arguments.again, dry_run=arguments.dry_run)
    for line in done.lines:
        print(line)
    for line in done.problems:  # where cron's `>/dev/null` does not hide them
        print(f"pantau: {line}", file=sys.stderr)
    return int(done.failed)


def wish_of(place: Workplace, arguments: Namespace) -> Wish:
    """The report that the command line names. Raises ``ConfigError`` for a time, office, list or dialect that does not exist."""
    given = [name for name in ("week", "month", "from_") if getattr(arguments, name)]
    if len(given) > 1:
        raise ConfigError("say one of --week, --month and --from with --to: a report is of one time")
    if bool(arguments.from_) != bool(arguments.to):
        raise ConfigError("--from and --to go together: the first day and the last one, such as 2026-11-01 and 2026-11-15")
    span = _span_of(place, arguments)
    return Wish(
        span,
        _taxonomy_of(place, arguments.taxonomy),
        _office_of(arguments.kanwil),
        arguments.csv_dialect or place.settings.report.csv_dialect,
    )


def _span_of(place: Workplace, arguments: Namespace) -> Span:
    try:
        if arguments.month:
            return Span.of_month(arguments.month)
        if arguments.from_:
            return Span.of_days(day_of(arguments.from_), day_of(arguments.to))
        named = "last" if arguments.week is None else arguments.week
        return Span.of_week(Week.of(place.now).before if named == "last" else Week.parse(named))
    except ValueError as error:
        option = "--month" if arguments.month else "--from/--to" if arguments.from_ else "--week"
        raise ConfigError(f"{option}: {error}") from None


def _taxonomy_of(place: Workplace, named: str | None) -> str:
    known = sorted(path.stem for path in (place.config / "programmes").glob("*.yaml"))
    if named is None or named in known:
        return named or place.settings.report.taxonomy
    raise ConfigError(f"--taxonomy: there is no list {named!r} in config/programmes; known are: {', '.join(known)}")


def _office_of(named: str | None) -> str:
    """The regional office that is meant, whatever its capitals and with or without "Kanwil" before it; "" for none."""
    from pipeline.classify.units import KANWIL

    if named is None:
        return ""
    short = " ".join(named.casefold().replace("-", " ").split())
    for start in ("kantor wilayah ", "kanwil ", "ditjenpas "):
        short = short.removeprefix(start)
    offices = {office.casefold(): office for office in KANWIL}
    if short in offices:
        return offices[short]
    near = difflib.get_close_matches(short, offices, n=3, cutoff=0.6) or [name for name in offices if short and short in name][:3]
    advice = f"did you mean {', '.join(offices[name] for name in near)}?" if near else f"known are: {', '.join(KANWIL)}"
    raise ConfigError(f"--kanwil: there is no regional office {named!r}; {advice}")


def folder_name(place: Workplace, wish: Wish) -> str:
    """``2026-W47``; with an office, and a programme list that is not the settings': 2026-W47_kanwil-jawa-barat_aksi-2026."""
    office = f"_kanwil-{wish.only.casefold().replace(' ', '-')}" if wish.only else ""
    other = f"_{wish.taxonomy}" if wish.taxonomy != place.settings.report.taxonomy else ""
    return f"{wish.span}{office}{other}"


def week_of(place: Workplace, week: Week) -> Wish:
    """The plain report of a week."""
    return Wish(Span.of_week(week), place.settings.report.taxonomy, dialect=place.settings.report.csv_dialect)


def weekly(place: Workplace, week: Week) -> dict[str, pd.DataFrame]:
    """The week's tables: what the CSV files hold and what ``pipeline.week`` returns."""
    with _rarely_collected():
        return Edition.of(gathered(place, week_of(place, week))).tables


def gathered(place: Workplace, wish: Wish) -> Snapshot:
    """Everything that the report is made of, with its first edition. Raises ``ConfigError`` for a time that has not begun."""
    _refuse_future(place, wish.span)
    return snapshot(place, wish, _first_edition(place, wish))


def write(place: Workplace, wish: Wish) -> Made:
    """Write the report's folder. The caller holds the lock. Raises ``ConfigError`` for a time that has not begun."""
    with _rarely_collected():
        return _published(place.data / "reports" / folder_name(place, wish), Edition.of(gathered(place, wish)), wish)


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """A report makes some hundred thousand objects, none of them circular, and looking through them over and over for circles
    costs a seventh of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(RARELY, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _published(folder: Path, edition: Edition, wish: Wish, manifest: bytes | None = None) -> Made:
    files = edition.files(wish.dialect)
    changed = publish(folder, {**files, MANIFEST: manifest or files[MANIFEST]}, derived=(PDF,))
    return Made(folder, changed, sentences(edition.tables, edition.facts))


def renew(place: Workplace, name: str) -> None:
    """Write a report anew after articles were removed. What was made again from a manifest is deleted: nothing renews that."""
    from pipeline.rebuilding import wish_of_manifest

    folder = place.data / "reports" / name
    if REBUILT in name:
        shutil.rmtree(folder)
        return
    try:
        wish = wish_of_manifest(read_manifest(folder / MANIFEST))
    except ConfigError:  # an edition of an older format, of a week then
        wish = week_of(place, Week.parse(name))
    write(place, wish)


def rebuild(place: Workplace, path: Path) -> Made:
    """Make the manifest's report again: in its own folder, or in one of its own beside the others when a newer one stands there.

    Raises ``ConfigError`` that names each input that has changed or is gone, or each file that came out different.
    """
    from pipeline.rebuilding import restored, wish_of_manifest

    manifest, wanted = read_manifest(path), path.read_bytes()
    try:
        wish = wish_of_manifest(manifest)
        edition = Edition.of(restored(place, manifest))
    except ConfigError as error:
        raise ConfigError(f"{path}: the report cannot be made again; {error}") from None
    files, told = edition.files(wish.dialect), listed_files(wanted)
    if other := sorted(
        name for name in told.keys() | (files.keys() - {MANIFEST}) if sha256(files.get(name, b"")) != told.get(name)
    ):
        raise ConfigError(
            f"{path}: every input is as it was, but {', '.join(other)} came out different: either the manifest was"
            f" edited, or this program (or a library of it) is not the one that wrote it ({manifest.get('program')}): take that"
            " release"
        )
    folder = place.data / "reports" / folder_name(place, wish)
    if not (folder / MANIFEST).is_file() or (folder / MANIFEST).read_bytes() != wanted:
        folder = folder.with_name(f"{folder.name}{REBUILT}{sha256(wanted)[:8]}")
    return _published(folder, edition, wish, wanted)


def _first_edition(place: Workplace, wish: Wish) -> First | None:
    """What the folder's manifest remembers of the span's first edition after its end."""
    from pipeline.report.restating import First

    path = standing(place.data / "reports" / folder_name(place, wish)) / MANIFEST
    try:
        return First.of_json(first_edition(path))
    except ConfigError:
        advice = "no figure can be marked as restated; put the file back from a copy and write the report again"
        log.warning("first edition forgotten: its manifest is damaged", extra={"file": path, "advice": advice})
        return None


def _refuse_future(place: Workplace, span: Span) -> None:
    """A time that has not begun is a slip of the pen. ``now`` may lie behind the data when a demo had a later clock."""
    from pipeline.store.shelf import Shelf

    if span.start <= place.now:
        return
    shelf = Shelf.of(place.data)
    now = max([place.now, *polls_among(place, shelf.instants("first_seen"))[-1:]])
    if span.start <= now:
        return
    known = [str(week) for week in weeks_of(shelf.instants("dated_at"), Week.of(now).end)]
    held = f"articles are held of {', '.join(known[-8:])}" if known else "no articles are held yet"
    raise ConfigError(f"{span} has not begun; the running week is {Week.of(now)}, and {held}")


def _print_pdf(made: Made) -> str:
    """Print the page by a browser where there is one; "" or why there is none."""
    from pipeline.report.pdf import write_pdf

    pdf = made.folder / PDF
    return "" if pdf.exists() and not made.changed else write_pdf(made.folder / PAGE, pdf)
