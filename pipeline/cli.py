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

# Loaded in this order until one of them has the command.
_DOORS = ("commands", "operating", "sourcing", "backfilling", "alerting", "promoting", "app.serving", "reporting")
EXIT_CODES = "exit codes: 0 done · 1 partly failed · 2 wrong use or configuration · 75 another run holds the lock"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"pantau: {message}\nSee `{self.prog} --help`.\n")


_ABOUT = {
    "run": (
        "What cron calls: ingest, judge, group.",
        """Quiet when all is well. A source that fails is no failed run: it is told on stderr once, when it turns slow or blocked.
A second run at the same time ends at once with code 75.

  */30 * * * *  cd /opt/pantau && ./run run""",
    ),
    "ingest": (
        "Poll the sources of sources.csv that are due, fetch what is new, look at younger articles again.",
        """Many hosts at once, each one politely: robots.txt is obeyed, one request at a time with a pause behind it. Bytes go to
data/pages/, every outcome to data/ledger.sqlite. Safe to kill at any moment: the next run goes on from there. SIGTERM
finishes what is in hand and exits 0. `pantau sources` tells why a source is due when.""",
    ),
    "judge": (
        "Judge the fetched pages that were not judged yet, then group copies.",
        """Rows go to data/articles/ and data/rejections/. After a change of programmes or vocabulary the old rows stay
as they are until --rejudge; their former judgement is then kept in data/articles_past/.

--recipe new changes nothing in use: it judges beside it, into data/articles_new/, by what the last `pantau train` has learnt
(and by configuration and code as they are now), and shows what differs, on corrected labels and on held-out ones too.
--all: a history too large for that table, resumed where it stopped. docs/scale.md tells of --engine and of --data s3://….""",
    ),
    "report": (
        "Write the report for Ditjenpas: tables, workbook and page of a week, a month or any days; and send it.",
        """Eight CSV files, laporan.xlsx, laporan.html (laporan.pdf where Chromium is installed) and manifest.json in
data/reports/<name>/: 2026-W47, 2026-11, 2026-11-01_2026-11-15, with _kanwil-<office> or another programme list behind it.
Weeks run from Monday to Sunday, Asia/Jakarta. Each is compared with the time of equal length before it. The same data give
the same bytes; --from-manifest makes an earlier edition again, or says which of its inputs has changed or is gone.

  pantau report --week last --send
  pantau report --month 2026-11 --kanwil 'Jawa Barat' --csv-dialect excel-id
  pantau report --from 2026-11-01 --to 2026-11-15 --taxonomy aksi-2026
  pantau report --from-manifest data/reports/2026-W47/manifest.json""",
    ),
    "alert": (
        "Tell within the day what must not wait for the report.",
        """A first negative story of a new event, an escape, riot, death or drugs from inside, or a day with far more negative
stories than usual: by mail and web hooks as [alert] of settings.toml says, printed where it names nobody. Nothing is sent
twice; data/alerts.csv is the log. docs/delivery.md has the rules.

  */15 * * * *  cd /opt/pantau && ./run run; ./run alert --wait 5""",
    ),
    "status": (
        "Tell how the collection does: sources, volume against the usual, lags, what to look at, the account of all entries.",
        """Each source is held against its own past: silent (longer without an entry than chance explains) and low are alarms,
where eight weeks tell what is usual. Sources on probation are shown and never alarm. docs/operation.md says what to do.
Exits 1 when no source was read for operation.stale_hours, or rows are lost or doubled.

  pantau status --sources
  20 7 * * *    /opt/pantau/run status --quiet""",
    ),
    "cron": (
        "Show what starts pantau by the clock, with this installation's paths and user.",
        """show: the crontab of config/crontab, or with --systemd the units of config/systemd, ready to install; the commands that
install them stand in the first lines. Nothing is installed but by those. The user is who owns the data folder.

  pantau cron show >pantau.crontab && sudo crontab -u pantau pantau.crontab
  sudo pantau cron show --systemd --into /etc/systemd/system""",
    ),
    "demo": (
        "Run the whole line over the embedded newsroom: no network, no configuration.",
        """A small web server on 127.0.0.1 plays Indonesian news sites (invented, own words); the production path
fetches, judges and reports on them. A second run finds nothing new and changes nothing.""",
    ),
    "sources": (
        "Look at the catalogue's sources, ask them now, find new ones.",
        """list: every source with its state, interval, last good poll, newest item, entries of seven days, next poll; those first
that need a person. explain ID: everything of one, why it is due when and what to do. check: asks each source once, now,
politely, and changes no schedule; the table goes to data/sources_check.csv too, and the exit code is 1 when a source
that is not on probation is not ok. discover URL: searches a site for feeds and sitemaps, and prints rows for sources.csv.

  pantau sources list --state blocked
  pantau sources explain detiknews-hukum
  pantau sources check --id antara --id detiknews-hukum
  pantau sources discover https://kabar.example/""",
    ),
    "backfill": (
        "Take in what a source showed in days gone by.",
        """Asks its feed, WordPress's search, the outlet's archive (config/outlets) and the sitemaps of its host, politely.
Entries of these days then wait for the usual runs; of a filtered source, those without the subject's words are kept by
their title. Entries without a date are taken and counted apart. Each list asked is a line in data/backfill/; run the same
command again to go on where it stopped.

  pantau backfill --source detiknews-hukum --from 2026-10-01 --to 2026-10-31 --dry-run
  pantau backfill --source detiknews-hukum --from 2026-10-01 --to 2026-10-31 --max 50 --fetch""",
    ),
    "classify": (
        "Judge articles from a JSON-lines file: one JSON a line out, in the same order.",
        """In: {"id", "title", "text", "url", "published"} a line; only title or text is needed. Out: relevance,
programmes, tone, units and incidents, each with its evidence. A faulty line is answered by {"id", "line", "error"},
and the exit code is then 1.

  echo '{"id": "1", "title": "Petugas Lapas Gagalkan Penyelundupan Sabu", "text": "…"}' | pantau classify -""",
    ),
    "explain": (
        "Show why an article was judged as it was: each label, its sentences and the words that decided.",
        """KEY is the artikel_id of 07_kliping.csv, or its first digits; any address of the article will do, with or without
https://. Prints what is known of it: date and where it came from, relevance, programmes, both tones, incidents, units,
source type, why a person should look, its story, what persons have corrected. An article that was not judged is answered
with where it ended and what to do, and the exit code is then 2. Deciding words are bold, or stand between « and ».

  pantau explain 0f3a5b7c
  pantau explain outlet.example/read/1 --json""",
    ),
    "correct": (
        "Say what the right label of an article is; it wins over the model's from then on.",
        """Appends one row to data/labels/corrections.csv ($PANTAU_CORRECTIONS; a demo has its own). Copies of the same text
follow. Fields: relevance, programme_primary, programmes_related, programmes_mentioned, tone, title_tone, incidents,
unit_primary, source_type. Lists are written a,b; none empties a list or the unit; the label that stands confirms it;
model withdraws what was said. A wrong label is answered with the right ones.

  pantau correct 0f3a5b7c9d1e2f40 tone negative --who Sari --why "the accusation leads the title"
  pantau correct https://outlet.example/read/1 programmes_related umkm,bansos --who Sari --why "both have an act"
  pantau correct --list""",
    ),
    "units": (
        "List the names of units that the gazetteer does not know; or show which units a text names.",
        """unknown: over all judged articles, most articles first: the name as written, how many articles and outlets have it, the
latest of them, and which units may be meant. A name is unknown when units.csv has no such unit, and open when it has several
(two prisons of one town). New units and spellings go into units.csv by hand; `pantau judge --rejudge` then finds them.

  pantau units unknown --since 2026-11-01 --csv nama_upt.csv
  pantau units find 'Kalapas Bukittinggi mengunjungi Lapas Tangerang'""",
    ),
    "expire": (
        "Take page bodies out of the store when their time is over.",
        """Bodies and the feeds' titles and summaries go after [privacy] retention_days of settings.toml; the judged articles
stay. Parts are rewritten one by one, so that it may be killed at any moment and run again; what has expired once is left
alone. Expired pages cannot be judged anew. Skipped entries that no list shows any more only stay counted.

  pantau expire --dry-run
  15 3 * * 0    cd /opt/pantau && ./run expire""",
    ),
    "forget": (
        "Remove an article on request, so that it does not come back.",
        """Takes page, article, former judgements, rejection, story and ledger entries out, writes the reports that name it anew,
and leaves a salted digest in data/forgotten.csv: neither the address nor the very text is taken in again. Copies of the text are
listed first; where there are any, say --copies to remove them too, or --alone.

  pantau forget https://outlet.example/read/1 --dry-run
  pantau forget 0f3a5b7c9d1e2f40 --copies""",
    ),
    "train": (
        "Fit the models anew from the labelled articles and the analysts' corrections.",
        """Judging fits them by itself when labels, cues or code have changed, and finds them again by digest in
data/models/. Corrections are learnt from by this command alone: it takes the articles of the data folder of which persons
have settled relevance, primary programme and tone into its models/candidate/, then fits. Half a minute. Nothing judges by
it before it is promoted:

  pantau train && pantau judge --recipe new
  pantau promote""",
    ),
    "promote": (
        "Put the model of the last training in use, unless it is worse.",
        """Judges beside what is in use whatever `pantau judge --recipe new` has not judged yet, shows the same table, and refuses
where a held-out figure lies below data/labels/floor.json, or where the model contradicts more of the labels that persons gave
than today's (more than one in fifty). Else its judgements take the place of today's, which stay in data/articles_past/, and new
articles are judged by it. data/promotions.csv says when and on what figures. Killed halfway, the same command goes on.

  pantau promote
  pantau promote --force 'the floor was measured on other labels'""",
    ),
    "evaluate": (
        "Measure the judge on labelled articles, beside baselines on the same texts.",
        """Without a file: fitted on the corpus less its test batches, measured on those. With one (the corpus's format,
data/labels/LABELLING.md): fitted on the whole corpus less the file's articles. --leave-one-batch-out judges each batch by
models that know all others: one fit a batch, minutes. docs/judgement.md says what each figure means.

  pantau evaluate
  pantau evaluate labelled.jsonl --json
  pantau evaluate --errors 50 --csv mistakes.csv
  pantau evaluate --lexicon positive.tsv --lexicon negative.tsv
  pantau evaluate --leave-one-batch-out --write""",
    ),
    "review": (
        "Open the pages on which analysts correct labels: the review queue, by keyboard, in a browser.",
        """Listens on 127.0.0.1 and needs no network; another address needs a token (docs/review.md). Corrections go where
`pantau correct` writes them, also of several reviewers at once. Needs the extra [app].

  pantau review
  pantau review --data data/demo --port 0""",
    ),
    "browse": (
        "Open the week as pages in a browser: filters, charts, stories with their copies, sources.",
        """The same application as `pantau review`, opened at the week; docs/review.md.

  pantau browse --data data/demo""",
    ),
    "extract": (
        "Show what is taken from one saved page: the article, or the reason why not.",
        """Prints one JSON: title, text, date with its provenance, removed lines; or a rejection.

  pantau extract page.html --url https://outlet.example/read/1""",
    ),
}


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
    for name, (summary, about) in _ABOUT.items():
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
