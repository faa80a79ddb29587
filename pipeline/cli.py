"""The command line: parse, call a job, print, exit code. Heavy rooms are imported by the command that needs them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from pipeline import __version__
from pipeline.errors import PantauError

EXIT_CODES = "exit codes: 0 done · 1 partly failed · 2 wrong use or configuration · 75 another run holds the lock"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"pantau: {message}\nSee `{self.prog} --help`.\n")


_ABOUT = {
    "run": (
        "What cron calls: ingest, judge, group.",
        """Quiet when all is well. A source that fails is a warning on stderr, not a failed run.
A second run at the same time ends at once with code 75.

  */30 * * * *  cd /opt/pantau && ./run run""",
    ),
    "ingest": (
        "Poll every active source of sources.csv and fetch what is new.",
        """Sequential and polite: robots.txt is obeyed, with a pause between two requests to one host. Bytes go to
data/pages/, every outcome to data/ledger.sqlite. Safe to kill at any moment: the next run goes on from there.""",
    ),
    "judge": (
        "Judge the fetched pages that were not judged yet, then group copies.",
        """Rows go to data/articles/ and data/rejections/. After a change of programmes or vocabulary the old rows stay
as they are until --rejudge; their former judgement is then kept in data/articles_past/.""",
    ),
    "report": (
        "Write the weekly tables as CSV for Ditjenpas.",
        """Eight files and manifest.json in data/reports/<week>/. Weeks run from Monday to Sunday, Asia/Jakarta.
The same data give the same bytes.

  pantau report --week 2026-W47
  pantau report --week last""",
    ),
    "status": (
        "Tell what lies in the data folder and whether every entry is accounted for.",
        "Exits 1 when rows are missing or doubled.",
    ),
    "demo": (
        "Run the whole line over the embedded newsroom: no network, no configuration.",
        """A small web server on 127.0.0.1 plays Indonesian news sites (invented, own words); the production path
fetches, judges and reports on them. A second run finds nothing new and changes nothing.""",
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
alone. Expired pages cannot be judged anew.

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
have settled relevance, primary programme and tone into data/models/corrected.jsonl, then fits. Half a minute.""",
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
    "extract": (
        "Show what is taken from one saved page: the article, or the reason why not.",
        """Prints one JSON: title, text, date with its provenance, removed lines; or a rejection.

  pantau extract page.html --url https://outlet.example/read/1""",
    ),
}


def _common(parser: argparse.ArgumentParser, *, top: bool) -> None:
    """The global options, accepted before and after the command; only the top parser has defaults."""
    absent = None if top else argparse.SUPPRESS
    parser.add_argument("--config", type=Path, metavar="DIR", default=absent, help="configuration ($PANTAU_CONFIG or config/)")
    parser.add_argument("--data", type=Path, metavar="DIR", default=absent, help="data ($PANTAU_DATA or data/; demo: data/demo)")
    parser.add_argument("--now", metavar="ISO", default=absent, help="the present instant, e.g. 2026-11-23T06:00:00+07:00")
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
    made["judge"].add_argument("--rejudge", action="store_true", help="judge again what an older recipe (config, code) judged")
    made["report"].add_argument("--week", default="last", metavar="WEEK", help="ISO week such as 2026-W47, or last (default)")
    made["status"].add_argument("--json", action="store_true", help="one JSON object instead of lines")
    made["demo"].add_argument("--pages", type=Path, metavar="DIR", help="serve a folder of saved pages (.html, .html.gz) instead")
    made["classify"].add_argument("file", nargs="?", default="-", metavar="FILE.jsonl", help="the file, or - for standard input")
    made["explain"].add_argument("article", metavar="URL|KEY", help="the article's address, its key, or the key's first digits")
    made["explain"].add_argument("--json", action="store_true", help="every column as one JSON object, without the text")
    _units_options(made["units"])
    _correct_options(made["correct"])
    made["expire"].add_argument("--days", type=int, metavar="N", help="another age than settings.toml names")
    made["expire"].add_argument("--dry-run", action="store_true", help="count, and change nothing")
    made["forget"].add_argument("article", metavar="URL|KEY", help="the article's address, or its whole key")
    made["forget"].add_argument("--copies", action="store_true", help="every copy of its text too")
    made["forget"].add_argument("--alone", action="store_true", help="only this article, though copies stay")
    made["forget"].add_argument("--dry-run", action="store_true", help="list, and change nothing")
    _evaluate_options(made["evaluate"])
    made["extract"].add_argument("file", type=Path, metavar="FILE.html", help="a saved page")
    made["extract"].add_argument("--url", required=True, help="the address that it was saved from")
    return top


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

    # The demo's newsroom has two dead feeds by purpose; its summary names them.
    set_up(arguments.verbose, quiet=arguments.command == "demo")
    from pipeline import commands

    try:
        return int(getattr(commands, arguments.command)(arguments))
    except PantauError as error:
        print(f"pantau: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("pantau: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
