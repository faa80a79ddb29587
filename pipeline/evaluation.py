"""Measures the judge on labelled texts: held-out batches, a file of one's own, or each batch by models that know all others."""

from __future__ import annotations

import logging
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.classify.corpus import Labelled, load_labelled
from pipeline.classify.judge import Judge, load_judge
from pipeline.classify.model import labels_digest
from pipeline.configfile import Problems
from pipeline.engine import run as run_engine
from pipeline.errors import ConfigError, PantauError, StorageError
from pipeline.quality import floor as floors
from pipeline.quality.answers import answers_of, sets_of
from pipeline.quality.baselines import majority, plain_words, word_list
from pipeline.quality.batches import batch_table, gaps
from pipeline.quality.figures import measured
from pipeline.quality.lexicon import load_lexicon
from pipeline.quality.mistakes import Mistake, review
from pipeline.quality.openworld import open_world
from pipeline.quality.prevalence import Confusion, confusion_of, confusion_text
from pipeline.quality.sets import measured as measured_sets
from pipeline.records import Judgement
from pipeline.settings import Settings, is_tuned, labels_folder, load_settings
from pipeline.store.parts import write_bytes
from pipeline.training import TEST_BATCHES, asking_of, corpus_files, features_of, fitted

if TYPE_CHECKING:
    from pipeline.classify.features import Features
    from pipeline.jobs import Progress

log = logging.getLogger("pantau.evaluation")


@dataclass(frozen=True, slots=True)
class Measured:
    """``report``: everything measured, as JSON values. ``labelled`` and ``judgements``: what it was measured on, in one order."""

    report: dict[str, Any]
    labelled: Sequence[Labelled]
    judgements: Sequence[Judgement]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What every measuring needs, read and checked."""

    judge: Judge
    settings: Settings
    digest: str  # of the corpus's files
    corpus: tuple[Labelled, ...]
    own: tuple[Labelled, ...]
    lexicon: Any


def _inputs(config: Path, file: Path | None = None, lexicons: Sequence[Path] = ()) -> Inputs:
    """Read everything; one ``ConfigError`` lists the mistakes of all files."""
    judge = load_judge(config)
    problems = Problems()
    settings = load_settings(config, problems)
    digest, corpus = labels_digest(corpus_files()), load_labelled(corpus_files(), judge.slugs, problems)
    own = load_labelled([file], judge.slugs, problems) if file else ()
    lexicon = load_lexicon(lexicons, problems) if lexicons else None
    if not corpus and not problems.found:
        problems.add(labels_folder() / "corpus", None, "", "holds no labelled articles; restore it from the repository")
    if file and not own and not problems.found:
        problems.add(file, None, "", "holds no labelled articles; data/labels/LABELLING.md shows the format")
    problems.raise_if_any()
    if settings is None:
        raise ConfigError(f"{config / 'settings.toml'} cannot be read")
    return Inputs(judge, settings, digest, corpus, own, lexicon)


def evaluate(
    config: Path, file: Path | None = None, *, lexicons: Sequence[Path] = (), prevalence: float | None = None
) -> Measured:
    """The models' figures and those of the baselines, on the same texts in the same run.

    With ``file`` the models are fitted on the corpus less that file's articles, else on all but the test batches, which are
    then the texts. The tuned encoder has read the corpus but those batches; it is left out where it has read any of the texts.
    ``prevalence`` overrules the setting. Raises ``ConfigError`` that lists every mistake of every file.
    """
    given = _inputs(config, file, lexicons)
    texts = given.own if file else tuple(one for one in given.corpus if one.batch in TEST_BATCHES)
    read = {one.text for one in given.corpus if one.batch not in TEST_BATCHES}
    untold = _set_aside(given.judge) if any(one.text in read for one in texts) else ""
    training, judgements = _judged_unseen(given.judge, texts, given.corpus)
    asked = [asking_of(one) for one in texts]
    log.info("fitting the baselines")
    baselines = {
        "rules": answers_of(texts, given.judge.judge_many(asked)),
        "words": plain_words(training, texts),
        "majority": majority(training, texts),
    }
    if given.lexicon:
        baselines["lexicon"] = word_list(given.lexicon, training, texts)
    report = {
        "how": (f"fitted on all labels but those of {file}" if file else f"held-out batches {', '.join(TEST_BATCHES)}") + untold,
        "tuned": given.judge.tuned.digest if given.judge.tuned else "",
        "corpus": given.digest,
        "texts": len(texts),
        "trained_on": len(training),
        "models": figures_of(texts, judgements),
        **{name: {field: measured(answers) for field, answers in found.items()} for name, found in baselines.items()},
        "open_world": open_world(texts, judgements, prevalence or given.settings.judge.prevalence),
        "review": review(texts, judgements),
    }
    return Measured(report, texts, judgements)


def _set_aside(judge: Judge) -> str:
    """Take the tuned encoder from ``judge``; returns what is to be told of it, "" where there was none."""
    had, judge.tuned = judge.tuned, None
    return "; without the tuned encoder, which has read them" if had else ""


def _judged_unseen(
    judge: Judge, texts: Sequence[Labelled], labelled: Sequence[Labelled]
) -> tuple[tuple[Labelled, ...], list[Judgement]]:
    """What the models were fitted on, ``labelled`` without any of ``texts``, and their judgements of ``texts``."""
    known = {one.id for one in texts} | {one.text for one in texts if one.text}
    training = tuple(one for one in labelled if one.id not in known and one.text not in known)
    if not texts or not training:
        raise ConfigError(f"nothing to measure: {len(texts)} texts, {len(training)} to fit on; restore data/labels/corpus")
    log.info("fitting the models", extra={"articles": len(training)})
    model = fitted(judge, training, features_of(judge, training))
    return training, list(judge.with_model(model).judge_many([asking_of(one) for one in texts]))


def held_out(config: Path, more: Sequence[Path] = ()) -> dict[str, float]:
    """The floor's figures on the test batches, of models fitted on the other labels and on the labelled articles of ``more``.

    "tone negative recall" → value. Raises ``ConfigError`` that lists every mistake of every file.
    """
    given, problems = _inputs(config), Problems()
    learnt = load_labelled(more, given.judge.slugs, problems)
    problems.raise_if_any()
    texts = [one for one in given.corpus if one.batch in TEST_BATCHES]
    _, judgements = _judged_unseen(given.judge, texts, (*given.corpus, *learnt))
    return floors.held_figures(figures_of(texts, judgements))


def figures_of(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> dict[str, Any]:
    """Field → everything measured of it."""
    single = {field: measured(answers) for field, answers in answers_of(labelled, judgements).items()}
    several = {
        field: measured_sets(answers, classes=field not in ("units", "related"))
        for field, answers in sets_of(labelled, judgements).items()
    }
    return {**single, **several}


def leave_one_batch_out(config: Path, progress: Progress, prevalence: float | None = None) -> Measured:
    """Each batch judged by models fitted on all others; a table of batches, the pooled figures and the gap between batches.

    One fit for every batch on the engine of the settings; each worker reads the corpus once. ``progress`` hears of each batch.
    """
    given = _inputs(config)
    untold = _set_aside(given.judge)
    batches = list(dict.fromkeys(one.batch for one in given.corpus))
    judged: dict[str, Judgement] = {}
    tasks = [FoldTask(str(config), batch) for batch in batches]
    for done, (task, result) in enumerate(run_engine(judge_batch, tasks, given.settings.engine.local), 1):
        if isinstance(result, Exception):
            raise PantauError(f"batch {task.batch} could not be measured ({type(result).__name__}: {result})") from result
        judged |= result
        progress("batches", done, len(batches))
        log.info("batch measured", extra={"batch": task.batch, "done": done, "of": len(batches)})
    if judged.keys() != {one.id for one in given.corpus}:
        raise PantauError("the labelled corpus was changed while it was measured; measure it again")
    judgements = [judged[one.id] for one in given.corpus]
    table = batch_table(given.corpus, judgements)
    rules = given.judge.judge_many([asking_of(one) for one in given.corpus])
    report = {
        "how": f"each of {len(batches)} batches judged by models fitted on all others{untold}",
        "corpus": given.digest,
        "texts": len(given.corpus),
        "batches": table,
        "gaps": gaps(table),
        "models": figures_of(given.corpus, judgements),
        "rules": {field: measured(answers) for field, answers in answers_of(given.corpus, rules).items()},
        "open_world": open_world(given.corpus, judgements, prevalence or given.settings.judge.prevalence),
        "review": review(given.corpus, judgements),
    }
    return Measured(report, given.corpus, judgements)


@dataclass(frozen=True, slots=True)
class FoldTask:
    """What a worker needs to measure one batch: plain values only."""

    config: str
    batch: str


@lru_cache(maxsize=1)
def _read(config: str) -> tuple[Judge, tuple[Labelled, ...], list[Features]]:
    given = _inputs(Path(config))
    _set_aside(given.judge)
    return given.judge, given.corpus, features_of(given.judge, given.corpus)


def judge_batch(task: FoldTask) -> dict[str, Judgement]:
    """The judgements of one batch's articles, by id, by models fitted on all other batches."""
    judge, corpus, features = _read(task.config)
    rest = [index for index, one in enumerate(corpus) if one.batch != task.batch]
    if not rest:
        raise ConfigError("the corpus has one batch only; leaving it out leaves nothing to fit on")
    model = fitted(judge, [corpus[index] for index in rest], [features[index] for index in rest])
    held = [one for one in corpus if one.batch == task.batch]
    found = judge.with_model(model).judge_many([asking_of(one) for one in held])
    return {one.id: judged for one, judged in zip(held, found, strict=True)}


def write_mistakes(path: Path, mistakes: Sequence[Mistake]) -> None:
    """The mistakes as a table that opens in a spreadsheet."""
    import pandas as pd

    from pipeline.report.csv import to_csv_bytes

    columns = [column.name for column in fields(Mistake)]
    frame = pd.DataFrame([[getattr(one, name) for name in columns] for one in mistakes], columns=columns)
    try:
        write_bytes(path, to_csv_bytes(frame))
    except OSError as error:
        raise StorageError(f"--csv: {path} cannot be written ({error.strerror})") from error


def confusion_file(*, tuned: bool = False) -> Path:
    """Where the errors of tone are kept, for the corrected shares of the reports: the models' own, cross-fitted over all batches,
    and theirs with the tuned encoder, on the held-out batches."""
    return labels_folder() / f"tone_confusion{'_tuned' * tuned}.json"


def write_confusion(report: Mapping[str, Any]) -> Confusion:
    """Keep the tone's errors of a report on all batches, or with the tuned encoder, for the weekly reports; returns them."""
    found = confusion_of(str(report["corpus"]), report["models"]["tone"]["confusion"])
    write_bytes(confusion_file(tuned=bool(report.get("tuned"))), confusion_text(found).encode())
    return found


def floor_file() -> Path:
    """Where the floor is kept."""
    return labels_folder() / "floor.json"


def read_floor() -> floors.Floor:
    """The floor; an empty one when there is no file yet. Raises ``StorageError`` for a broken file."""
    path = floor_file()
    try:
        return floors.floor_of(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return floors.Floor("", {})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise StorageError(f"{path} cannot be read ({error!r}); restore it from the repository") from error


def write_floor(report: Mapping[str, Any], *, lower: bool) -> list[str]:
    """Raise the floor to just under the report's figures, with ``lower`` also sink it; returns lines for the user.

    Raises ``PantauError`` when a figure lies below the floor and ``lower`` is not asked for: then nothing is written.
    """
    old, corpus, found = read_floor(), str(report["corpus"]), floors.held_figures(report["models"])
    lines: list[str] = []
    if lower:
        new, lines = floors.lowered(old, corpus, found)
    elif below := floors.sunk(old, found):
        advice = "nothing was written; if this is meant, --lower-floor writes the lower floor"
        raise PantauError("\n  ".join(["the judge lies below its floor:", *below]) + f"\n{advice}")
    else:
        new = floors.raised(old, corpus, found)
    write_bytes(floor_file(), floors.floor_text(new).encode())
    told = [f"{floor_file()}: {name} {old.figures.get(name, 0):.3f} → {value:.3f}" for name, value in new.figures.items()]
    if lines:
        told += ["add to CHANGELOG.md, with the reason (a test looks for these lines):", *(f"- {line}" for line in lines)]
    return told


def check_wishes(arguments: Namespace, settings: Settings | None = None) -> None:
    """Refuse what ``pantau evaluate`` cannot do together before minutes are spent on it, all of it at once.

    The errors of the tuned encoder, where ``settings`` name it, are measured on the held-out batches.
    """
    whole, floors = arguments.leave_one_batch_out, arguments.write_floor or arguments.lower_floor
    tuned = settings is not None and is_tuned(settings)
    kept = whole or (tuned and not arguments.file)
    wrong = {
        "give FILE.jsonl or --leave-one-batch-out, not both": whole and arguments.file,
        "--lexicon goes with the held-out batches or a FILE.jsonl, not --leave-one-batch-out": whole and arguments.lexicon,
        "--write keeps the errors of all batches; it needs --leave-one-batch-out": arguments.write and not kept,
        "the floor is held without the tuned encoder; set encoder otherwise to write it": floors and tuned,
        "--write-floor and --lower-floor hold the held-out batches; leave out FILE.jsonl and --leave-one-batch-out": floors
        and (whole or arguments.file),
        "--csv writes the mistakes that --errors N names; give N": arguments.csv and not arguments.errors,
        f"--errors: {arguments.errors} is not a number of mistakes, 1 or more": arguments.errors is not None
        and arguments.errors < 1,
        f"--prevalence: {arguments.prevalence} is not a share above 0 and below 1, such as 0.01": arguments.prevalence is not None
        and not 0 < arguments.prevalence < 1,
        f"--csv: there is no folder {arguments.csv and arguments.csv.parent}": arguments.csv
        and not arguments.csv.parent.is_dir(),
        f"--csv: {arguments.csv} is a folder; name a file": arguments.csv and arguments.csv.is_dir(),
    }
    if told := [advice for advice, is_so in wrong.items() if is_so]:
        raise ConfigError("\n  ".join(told))
