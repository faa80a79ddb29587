"""The command line: parse, call a job, print, exit code. Heavy rooms are imported by the command that needs them."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from pipeline import __version__
from pipeline.errors import PantauError, as_told
from pipeline.usage import ABOUT, EXIT_CODES

# Loaded in this order until one of them has the command.
_DOORS = ("commands", "operating", "sourcing", "backfilling", "alerting", "promoting", "app.serving", "reporting")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"pantau: {message}\nSee `{self.prog} --help`.\n")


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 <= minutes <= 1440:
        raise ValueError(text)
    return minutes


def _common(parser: argparse.ArgumentParser, *, top: bool) -> None:
    """The global options, accepted before and after the command; only the top parser has defaults."""
    absent = None if top else argparse.SUPPRESS
    parser.add_argument("--config", type=Path, metavar="DIR", default=absent, help="configuration ($PANTAU_CONFIG or config/)")
    told, address = "data ($PANTAU_DATA or data/; demo: data/demo), or s3://…", lambda text: text if "://" in text else Path(text)
    parser.add_argument("--data", type=address, metavar="DIR", default=absent, help=told)
    parser.add_argument("--mirror", type=Path, metavar="DIR", default=absent, help="the folder that mirrors --data s3://…")
    parser.add_argument("--now", metavar="ISO", default=absent, help="the present instant, e.g. 2026-11-23T06:00:00+07:00")
    parser.add_argument("--wait", type=_minutes, metavar="MINUTES", default=absent, help="wait so long for another run to end")
    parser.add_argument("-v", "--verbose", action="count", default=0 if top else absent, help="log more to stderr; twice: all")


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    top = _Parser(
        prog="pantau",
        description="Watch how the press covers Pemasyarakatan: fetch, extract, stem, classify, group, store, report.",
        epilog=f"start with `pantau demo`: it needs no network and no configuration\n{EXIT_CODES}",
        formatter_class=shape,
    )
    top.add_argument("--version", action="version", version=f"pantau {__version__}")
    _common(top, top=True)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    made = {}
    for name, (summary, about) in ABOUT.items():
        description = f"{summary}\n\n{about}"
        made[name] = commands.add_parser(name, help=summary, description=description, epilog=EXIT_CODES, formatter_class=shape)
        _common(made[name], top=False)
    for name in ("run", "ingest"):
        made[name].add_argument("--all", action="store_true", help="ask every source, also those that are not due")
    ways = made["judge"].add_mutually_exclusive_group()
    ways.add_argument("--rejudge", action="store_true", help="judge again what an older recipe (config, code) judged")
    ways.add_argument("--recipe", choices=("new",), help="judge everything by the newly trained model, beside what is in use")
    made["judge"].add_argument("--all", action="store_true", help="with --recipe new: all history, without the table of changes")
    made["judge"].add_argument("--retry", action="store_true", help="also the parts that were left out because they failed")
    for name in ("judge", "promote", "run"):
        made[name].add_argument("--engine", metavar="SPEC", help="serial, processes:N, dask:tcp://host:8786 or dask:tls://…")
    made["promote"].add_argument("--force", metavar="WHY", help="though it is worse, for this reason, which is written down")
    _report_options(made["report"])
    made["alert"].add_argument("--dry-run", action="store_true", help="print what is new; note and send nothing")
    made["status"].add_argument("--json", action="store_true", help="everything as one JSON object")
    made["status"].add_argument("--sources", action="store_true", help="every source as a table, worst first")
    made["status"].add_argument("--quiet", action="store_true", help="print lines only when somebody should look: for cron")
    made["cron"].add_argument("what", choices=("show",), help="print; nothing is installed")
    made["cron"].add_argument("--systemd", action="store_true", help="the service and timer units instead of the crontab")
    made["cron"].add_argument("--into", type=Path, metavar="DIR", help="with --systemd: write the units into this folder")
    made["demo"].add_argument("--pages", type=Path, metavar="DIR", help="serve a folder of saved pages (.html, .html.gz) instead")
    made["classify"].add_argument("file", nargs="?", default="-", metavar="FILE.jsonl", help="the file, or - for standard input")
    made["explain"].add_argument("article", metavar="URL|KEY", help="the article's address, its key, or the key's first digits")
    made["explain"].add_argument("--json", action="store_true", help="every column as one JSON object, without the text")
    _sources_options(made["sources"])
    _backfill_options(made["backfill"])
    _units_options(made["units"])
    _correct_options(made["correct"])
    made["expire"].add_argument("--days", type=int, metavar="N", help="another age than settings.toml names")
    made["expire"].add_argument("--dry-run", action="store_true", help="count, and change nothing")
    made["forget"].add_argument("article", metavar="URL|KEY", help="the article's address, or its whole key")
    made["forget"].add_argument("--copies", action="store_true", help="every copy of its text too")
    made["forget"].add_argument("--alone", action="store_true", help="only this article, though copies stay")
    made["forget"].add_argument("--dry-run", action="store_true", help="list, and change nothing")
    _evaluate_options(made["evaluate"])
    for name in ("review", "browse"):
        made[name].add_argument("--host", metavar="ADDRESS", help="listen there (default: app.host of settings.toml, 127.0.0.1)")
        made[name].add_argument("--port", type=int, metavar="N", help="on this port (default: app.port, 8740); 0: any free one")
    made["extract"].add_argument("file", type=Path, metavar="FILE.html", help="a saved page")
    made["extract"].add_argument("--url", required=True, help="the address that it was saved from")
    return top


def _report_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--week", metavar="WEEK", help="ISO week such as 2026-W47, or last (default)")
    add("--month", metavar="MONTH", help="a calendar month such as 2026-11")
    add("--from", dest="from_", metavar="DATE", help="first day, such as 2026-11-01; with --to")
    add("--to", metavar="DATE", help="last day, such as 2026-11-15")
    add("--kanwil", metavar="OFFICE", help="of one regional office, such as 'Jawa Barat'")
    add("--taxonomy", metavar="LIST", help="by this programme list of config/programmes (default: [report] of settings.toml)")
    told = "signs of the CSV files: standard (, and .) or excel-id (; and , as Excel set to Indonesian reads)"
    add("--csv-dialect", choices=("standard", "excel-id"), help=f"{told}; default: [report] of settings.toml")
    add("--from-manifest", type=Path, metavar="FILE", help="make the report of this manifest.json again, byte for byte")
    add("--send", action="store_true", help="then send it to whom settings.toml names, each once (docs/delivery.md)")
    add("--again", action="store_true", help="with --send: also to who has it")
    add("--dry-run", action="store_true", help="with --send: write the mails to outbox/ and send nothing")


def _sources_options(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="what", required=True, metavar="WHAT", title="what to do")
    told = {
        "list": "all sources, one a line",
        "explain": "everything of one source",
        "check": "ask each source once, now",
        "discover": "search a site for feeds and sitemaps",
    }
    made = {name: acts.add_parser(name, help=about, description=f"{about}.", epilog=EXIT_CODES) for name, about in told.items()}
    for one in made.values():
        _common(one, top=False)
    made["list"].add_argument("--state", metavar="S", help="active, slow, blocked, probation, retired or never (not asked yet)")
    made["list"].add_argument("--licence", metavar="L", help="open, headline-only, blocked or unknown")
    made["list"].add_argument("--csv", type=Path, metavar="FILE", help="write a table instead, with every column")
    made["explain"].add_argument("id", metavar="ID", help="the source's id in sources.csv")
    made["check"].add_argument("--id", action="append", default=[], metavar="ID", help="this source; may be given again")
    made["check"].add_argument("--csv", type=Path, metavar="FILE", help="the table (default: sources_check.csv of the data)")
    made["discover"].add_argument("url", metavar="URL", help="the site's address, such as https://kabar.example/")


def _backfill_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--source", required=True, metavar="ID", help="the source's id in sources.csv")
    add("--from", required=True, dest="from_", metavar="DATE", help="first day, such as 2026-10-01, in the source's zone")
    add("--to", metavar="DATE", help="last day (default: today)")
    add("--max", type=int, default=200, metavar="N", help="ask at most N lists in this run (default 200)")
    add("--dry-run", action="store_true", help="ask and count, write no entry")
    add("--fetch", action="store_true", help="then run `pantau ingest`, which fetches what waits")


def _correct_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("article", nargs="?", metavar="KEY|URL", help="the article: its artikel_id in 07_kliping.csv, or its address")
    add("field", nargs="?", metavar="FIELD", help="which label is wrong")
    add("label", nargs="?", metavar="NEW", help="the right label")
    add("--who", metavar="NAME", help="who says so")
    add("--why", metavar="TEXT", help="why, for the next reader")
    add("--list", action="store_true", help="what was corrected (of KEY|URL), and what has become of it")


def _units_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("what", choices=("unknown", "find"), help="names that are not settled, or the units of a text")
    add("text", nargs="?", metavar="TEXT", help="with find: the text")
    add("--since", metavar="DATE", help="with unknown: articles from this day on, such as 2026-11-16")
    add("--csv", type=Path, metavar="FILE", help="with unknown: write all names as a table")


def _evaluate_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", nargs="?", type=Path, metavar="FILE.jsonl", help="labelled articles")
    add("--leave-one-batch-out", action="store_true", help="each batch by models fitted on all others")
    add("--json", action="store_true", help="everything measured, as one JSON object")
    add("--prevalence", type=float, metavar="P", help="share of articles that are ours (default: [judge] of settings.toml)")
    listed = "a sentiment lexicon as a baseline for tone: a word, a tab or comma, its weight; may be given again"
    add("--lexicon", type=Path, action="append", default=[], metavar="FILE", help=listed)
    add("--errors", type=int, metavar="N", help="also the N mistakes that the judge was surest of, with their evidence")
    add("--csv", type=Path, metavar="FILE", help="with --errors: write them as a table")
    add("--write", action="store_true", help="with --leave-one-batch-out: keep the errors of tone, by which reports correct")
    add("--write-floor", action="store_true", help="raise data/labels/floor.json to just under what was measured")
    add("--lower-floor", action="store_true", help="sink it too; prints the lines that CHANGELOG.md must then hold")


def main(argv: list[str] | None = None) -> int:
    """Entry point of ``pantau``; returns the exit code."""
    arguments = _parser().parse_args(argv)
    from pipeline.logs import set_up
    from pipeline.reach import within_reach

    # The demo's newsroom has two dead feeds by purpose; its summary names them.
    set_up(arguments.verbose, quiet=arguments.command == "demo")
    doors = (import_module(f"pipeline.{name}") for name in _DOORS)
    act = next(getattr(door, arguments.command) for door in doors if hasattr(door, arguments.command))
    try:
        return int(act(within_reach(arguments)))
    except KeyboardInterrupt:
        print("pantau: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (PantauError, OSError) as error:
        known = as_told(error)
        print(f"pantau: {known}", file=sys.stderr)
        return known.exit_code
