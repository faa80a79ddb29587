"""What each command does: build the workplace, call the job, print a few lines, return the exit code."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipeline import jobs, overview
from pipeline.configfile import Problems
from pipeline.dates import Week, parse_now
from pipeline.errors import ConfigError
from pipeline.ledgers import has_ledger
from pipeline.reach import with_engine
from pipeline.records import Tally
from pipeline.settings import default_config, default_data, load_settings
from pipeline.terminal import json_text, printable, progressing, stoppable
from pipeline.watching import failure_of, watched

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.demo import DemoResult


def _now(arguments: Namespace) -> datetime | None:
    try:
        return parse_now(arguments.now) if arguments.now else None
    except ValueError as error:
        raise ConfigError(f"--now: {error}") from None


def place_of(arguments: Namespace) -> jobs.Workplace:
    """The workplace that the command line names; of a demo's folder, the demo's."""
    from pipeline.demo import workplace_of_demo

    config, data = arguments.config or default_config(), arguments.data or default_data()
    told, begun = _now(arguments), datetime.now(UTC)
    now = told or begun
    found = workplace_of_demo(data, now, config) or jobs.workplace(config, data, now)
    if spec := getattr(arguments, "engine", None):
        found = replace(found, settings=with_engine(found.settings, spec))
    ahead = told - begun if told else timedelta()
    return replace(found, ahead=ahead, patience=60 * (arguments.wait or 0), root=getattr(arguments, "root", ""))


def _reasons(tally: Tally, prefix: str) -> str:
    found = [
        f"{name.removeprefix(prefix)} {count}"
        for name, count in sorted(tally.counts.items())
        if name.startswith(prefix) and count
    ]
    return f" ({', '.join(found)})" if found else ""


def _collected(tally: Tally) -> str:
    get = tally.get
    failed = get("sources_failed") + get("sources_failed_on_probation")
    sources = f"sources ok {get('sources_ok')}, unchanged {get('sources_unchanged')}, failed {failed}"
    sources += f", not due {get('sources_not_due')}" if get("sources_not_due") else ""
    entries = (
        f"entries {get('entries_seen')}: new {get('entries_new')}{_reasons(tally, 'announced:')}, known {get('entries_known')}"
    )
    pages = (
        f"pages fetched {get('fetched')}, twins folded {get('folded')}, rejected {get('rejected')}{_reasons(tally, 'rejected:')}"
        f", postponed {get('postponed')}{_reasons(tally, 'postponed:')}, waiting {get('waiting')}"
    )
    again = f"; looked at again{_reasons(tally, 'revisited:')}" if _reasons(tally, "revisited:") else ""
    left = get("sources_left") + get("pages_left")
    late = f"; {left} source(s) and page(s) left for the next run" if left else ""
    return f"{sources}; {entries}; {pages}{again}{late}"


def _judged(tally: Tally, prefix: str = "judge.") -> str:
    get = tally.get
    text = f"judged {get(prefix + 'judged')}, rejected {get(prefix + 'rejected')}{_reasons(tally, prefix + 'rejected:')}"
    if get(prefix + "parts_failed"):
        text += f", PARTS FAILED {get(prefix + 'parts_failed')} (see the log)"
    if left := get(prefix + "parts_left_out"):
        text += f"; {left} part(s) are left out (`pantau status` names them): `pantau judge --retry` tries them again"
    if older := get(prefix + "parts_of_older_recipe"):
        text += f"; {older} part(s) were judged by an older recipe: `pantau judge --rejudge` judges them anew"
    return text


def _ended(tally: Tally, told: str, arguments: Namespace) -> tuple[int, str]:
    """Tell a person the summary, and everybody, cron too, a failure; the exit code and the line."""
    if sys.stdout.isatty() or arguments.verbose:
        print(told)
    if not (failure := failure_of(tally)):
        return 0, told
    print(f"pantau: {failure}", file=sys.stderr)
    return 1, failure


def run(arguments: Namespace) -> int:
    """``pantau run``."""
    place = place_of(arguments)
    with jobs.alone(place), watched(place) as watch, progressing() as progress, stoppable() as stop:
        tally = jobs.run(replace(place, progress=progress), stop=stop, only_due=not arguments.all)
        judged = "not judged" if stop() else f"{_judged(tally)}; stories {tally.get('group.stories')}"
        watch.ended(*_ended(tally, f"{_collected(tally)}; {judged}", arguments))
    return watch.code


def ingest(arguments: Namespace) -> int:
    """``pantau ingest``."""
    place = place_of(arguments)
    with jobs.alone(place), watched(place) as watch, progressing() as progress, stoppable() as stop:
        tally = jobs.ingest(replace(place, progress=progress), stop=stop, only_due=not arguments.all)
        watch.ended(*_ended(tally, _collected(tally), arguments))
    return watch.code


def judge(arguments: Namespace) -> int:
    """``pantau judge``."""
    from pipeline.spreading import share_stories

    place = place_of(arguments)
    if arguments.recipe:
        from pipeline.promoting import judge_new

        with progressing() as progress:
            return judge_new(replace(place, progress=progress), whole=arguments.all, retry=arguments.retry)
    if arguments.all:
        raise ConfigError("--all goes with --recipe new")
    with jobs.alone(place), progressing() as progress:
        tally = jobs.judge(replace(place, progress=progress), rejudge=arguments.rejudge, retry=arguments.retry)
        grouped = jobs.group(place)
        share_stories(place)
    return _ended(tally, f"{_judged(tally, '')}; stories {grouped.get('stories')}", arguments)[0]


def need_data(place: jobs.Workplace) -> None:
    """Raise ``ConfigError`` when nothing was ever collected into the data folder."""
    if not place.root and not has_ledger(place.data):
        raise ConfigError(
            f"{place.data} holds no monitoring data yet; run `pantau run` first, or name the demo's: --data data/demo"
        )


def demo(arguments: Namespace) -> int:
    """``pantau demo``."""
    from pipeline.demo import run_demo

    data = arguments.data or default_data() / "demo"
    if arguments.pages is not None and not arguments.pages.is_dir():
        raise ConfigError(f"--pages: {arguments.pages} is not a folder")
    config = arguments.config or default_config()
    with progressing() as progress:
        result = run_demo(config, data, _now(arguments), datetime.now(UTC), arguments.pages, progress)
    print(*demo_lines(result), sep="\n")
    return int(bool(failure_of(result.tally)))


def _counted(column: pd.Series[str], labels: Iterable[str] = ()) -> str:
    counts = {str(label): int(count) for label, count in column.value_counts().items()}
    names = labels or sorted(counts, key=lambda label: (-counts[label], label))
    return ", ".join(f"{label} {counts.get(label, 0)}" for label in names)


def demo_lines(result: DemoResult) -> Iterator[str]:
    """What ``pantau demo`` prints: fetched, judged and rejected, where the results lie, what to try next."""
    from pipeline.store import dataset

    data, tally = result.place.data, result.tally
    pages = sum(len(site.pages) for site in result.sites)
    yield f"Newsroom  {len(result.sites)} sites, {pages} pages, embedded on 127.0.0.1; no outside network is used"
    yield f"Fetched   {_collected(tally)}"
    health = overview.sources_of(result.place, Week.of(result.place.now))
    for row in health[~health["state"].isin(["ok", "inactive", "not_polled"])].itertuples():
        yield f"          source {row.source_id}: {row.last_error}"
    if not tally.get("entries_new") and not tally.get("fetched"):
        yield "          nothing is new since the last run"
    yield f"Judged    {_judged(tally)}"
    frame = dataset.articles(data)
    yield "In store  " + _counted(frame["relevance"], ("corrections", "immigration", "irrelevant"))
    ours = frame[frame["relevance"] == "corrections"]
    if len(ours):
        yield "Tone      " + _counted(ours["tone"], ("positive", "neutral", "negative", "unsure"))
        yield "Programme " + _counted(ours["programme_primary"])
    yield f"Stories   {tally.get('group.stories')} stories, {tally.get('group.copies')} copies folded into them"
    yield f"Parquet   {data / 'articles'}"
    for folder, changed in result.reports:
        yield f"Report    {folder} ({'written' if changed else 'unchanged'})"
    yield "Next      open 02_program.csv and 04_negatif.csv in a spreadsheet; or, in Python:"
    yield f"          import pipeline; pipeline.articles(tone='negative', data={str(data)!r})"


def classify(arguments: Namespace) -> int:
    """``pantau classify``."""
    from pipeline.classify.judge import load_judge
    from pipeline.classify.lines import classify_lines
    from pipeline.recipe import recipe_of
    from pipeline.training import model_file

    config = arguments.config or default_config()
    units = config / "units.csv"
    try:
        model = model_file(config, arguments.data or default_data())
        recipe = recipe_of(config, units, model.stem)
    except (OSError, ConfigError):
        load_judge(config, units)  # a file is missing or wrong: told with every other mistake of the configuration
        raise
    judge = load_judge(config, units, recipe, model)
    _speak_utf8()
    with _opened(arguments.file) as lines:
        failed = 0
        for answer in classify_lines(judge, lines):
            failed += "error" in answer
            print(json_text(answer))
    return 1 if failed else 0


def _speak_utf8() -> None:
    """JSON goes out as UTF-8 whatever the terminal's locale is."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8-sig", errors="replace") as file:
            yield file
    except OSError as error:
        raise ConfigError(f"{name} cannot be read ({error.strerror}); give a JSON-lines file, or - for standard input") from None


def explain(arguments: Namespace) -> int:
    """``pantau explain``."""
    from pipeline.analyst import explain as find
    from pipeline.explanation import BOLD, QUOTES

    try:
        found = find(arguments.article, data=arguments.data)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    _speak_utf8()
    if arguments.json:
        print(json_text(found.as_json(), indent=1))
    else:
        print(found.told(BOLD if sys.stdout.isatty() else QUOTES))
    return 0


def train(arguments: Namespace) -> int:
    """``pantau train``."""
    from pipeline.training import candidate_snapshot, model_path, take_snapshot
    from pipeline.training import train as fit

    config = arguments.config or default_config()
    data = arguments.data or default_data()
    settled = take_snapshot(data)
    path = model_path(config, data, candidate=True)
    count = fit(config, data, path, candidate=True)
    print(f"{path}: fitted on {count} labelled articles, {settled} of them settled by analysts' corrections")
    if candidate_snapshot(data).exists():
        print("a candidate: `pantau judge --recipe new` shows what it would change, `pantau promote` puts it in use")
    else:
        print("it is the model in use: nothing was settled that it has not learnt")
    return 0


def correct(arguments: Namespace) -> int:
    """``pantau correct``."""
    from pipeline.correcting import Wish, lines_of

    place = place_of(arguments)
    need_data(place)
    wish = Wish(arguments.article, arguments.field, arguments.label, arguments.who, arguments.why)
    told = lines_of(place, wish, listed=arguments.list)
    _speak_utf8()
    print(*map(printable, told), sep="\n")
    return 0


def units(arguments: Namespace) -> int:
    """``pantau units``."""
    from pipeline.naming import lines_of

    _speak_utf8()
    print(*map(printable, lines_of(place_of(arguments), arguments)), sep="\n")
    return 0


def expire(arguments: Namespace) -> int:
    """``pantau expire``."""
    from pipeline.retention import expire_lines

    return _told(expire_lines, arguments)


def forget(arguments: Namespace) -> int:
    """``pantau forget``."""
    from pipeline.retention import forget_lines

    return _told(forget_lines, arguments)


def _told(lines_of: Callable[[jobs.Workplace, Namespace], Iterator[str]], arguments: Namespace) -> int:
    place = place_of(arguments)
    need_data(place)
    for line in lines_of(place, arguments):
        print(printable(line), flush=True)
    return 0


def evaluate(arguments: Namespace) -> int:
    """``pantau evaluate``."""
    from pipeline import evaluation
    from pipeline.quality.mistakes import mistakes_of
    from pipeline.quality.printing import lines_of, mistake_lines

    config, prevalence = arguments.config or default_config(), arguments.prevalence
    evaluation.check_wishes(arguments, load_settings(config, Problems()))
    if arguments.leave_one_batch_out:
        with progressing() as progress:
            found = evaluation.leave_one_batch_out(config, progress, prevalence)
    else:
        found = evaluation.evaluate(config, arguments.file, lexicons=arguments.lexicon, prevalence=prevalence)
    mistakes = mistakes_of(found.labelled, found.judgements)
    worst = mistakes[: arguments.errors or 0]
    _speak_utf8()
    if arguments.json:
        errors = {"mistakes": [asdict(one) for one in worst]} if arguments.errors else {}
        print(json_text({**found.report, **errors}, indent=1))
    else:
        for line in (*lines_of(found.report), *(mistake_lines(worst, len(mistakes)) if arguments.errors else ())):
            print(line)
    if arguments.csv:
        evaluation.write_mistakes(arguments.csv, worst)
    if arguments.write:
        kept = evaluation.write_confusion(found.report)
        path = evaluation.confusion_file(tuned=bool(found.report.get("tuned")))
        print(f"{path}: errors of tone on {kept.texts} texts", file=sys.stderr)
    if arguments.write_floor or arguments.lower_floor:
        print(*evaluation.write_floor(found.report, lower=arguments.lower_floor), sep="\n", file=sys.stderr)
    return 0


def extract(arguments: Namespace) -> int:
    """``pantau extract``."""
    from pipeline.extract.outlets import outlets_of
    from pipeline.extract.single import describe, page_of_file
    from pipeline.urls import is_fetchable
    from pipeline.work import extract_safely

    try:
        body = arguments.file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{arguments.file} cannot be read ({error.strerror})") from None
    if not is_fetchable(arguments.url):
        raise ConfigError(f"--url: {arguments.url!r} is no address; write the one that the page was saved from, with https://")
    _speak_utf8()
    outlets = outlets_of(arguments.config or default_config())
    outcome = extract_safely(page_of_file(body, arguments.url, _now(arguments) or datetime.now(UTC)), outlets)
    print(json_text(describe(outcome), indent=1))
    return 0
