"""From corrections to the model in use: judge by a newly trained one beside it, show what differs, promote what is not worse.

A promotion is decided once and then carried out part by part; a kill at any moment leaves a folder that every reader can
read, and the next ``pantau promote`` finishes it.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import jobs
from pipeline.errors import ConfigError, PantauError, StorageError
from pipeline.records import Tally

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.jobs import Workplace
    from pipeline.quality.promotion import Trial

# Beside the candidate's parts; readers of parquet folders skip names with an underscore.
_FIGURES, _DECIDED = "_figures.json", "_promoted.json"
LOG_COLUMNS = (
    "when", "recipe", "replaced", "parts", "articles", "labels_changed", "labels_corrected", "right_before", "right_after",
    "against", "forced",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recipe that is tried, and the parts in use that another recipe has judged."""

    recipe: str
    parts: tuple[str, ...]
    expired: int  # parts whose pages are gone: they keep their judgement
    left_out: int = 0  # parts that could not be judged: they keep it too

    def home(self, data: Path) -> Path:
        """Where its articles lie."""
        return data / "articles_new" / self.recipe


def candidate_of(place: Workplace) -> Candidate:
    """The recipe of the last training with configuration and code as they are, and what it would judge anew."""
    from pipeline import spreading
    from pipeline.store.index import Index
    from pipeline.store.judgements import NEW
    from pipeline.store.parts import part_path
    from pipeline.store.rewriting import expired_at

    recipe = jobs.recipe_of_place(place, candidate=True)
    pages, done = set(spreading.root_at(place).names("pages")), spreading.judged_beside(place, f"{NEW}/{recipe}")
    parts, expired = [], 0
    for name, used in Index.of(place.data, "articles").recipes().items():
        if used == recipe:
            continue
        held = part_path(place.data, "pages", name)
        if name in done or (name in pages and not (held.exists() and expired_at(held))):
            parts.append(name)
        else:
            expired += 1
    return Candidate(recipe, tuple(parts), expired)


def judge_beside(place: Workplace, candidate: Candidate, *, retry: bool = False) -> tuple[Candidate, Tally]:
    """Judge what the candidate has not judged yet; candidates of earlier trainings are dropped. The caller holds the lock.

    Returns the candidate with what it could judge: parts that are poisoned or expired keep their judgement. Raises
    ``PantauError`` where the fault may pass (a full disk, a store that is away).
    """
    from pipeline import spreading
    from pipeline.store.judgements import NEW, new_suffix

    spreading.drop_candidates(place, keep=candidate.recipe)
    folder, tally = f"{NEW}/{candidate.recipe}", Tally()
    done = spreading.judged_beside(place, folder)
    missing = [name for name in candidate.parts if name not in done]
    wanted = spreading.without_poisoned(place, missing, candidate.recipe, tally, retry=retry)
    done |= set(jobs.judge_parts(place, wanted, candidate.recipe, tally, beside=new_suffix(candidate.recipe)))
    left_out = set(wanted) - set(spreading.without_poisoned(place, wanted, candidate.recipe, tally))
    if failed := tally.get("parts_failed") - len(left_out):
        raise PantauError(f"{failed} part(s) could not be judged; the log says why, and the same command tries them again")
    parts = tuple(name for name in candidate.parts if name in done)
    expired = candidate.expired + tally.get("parts_expired")
    return Candidate(candidate.recipe, parts, expired, tally.get("parts_left_out")), tally


def trial_of(place: Workplace, candidate: Candidate) -> Trial:
    """The candidate beside what is in use, on the articles held, on corrected labels and on the held-out batches."""
    from pipeline.analyst_recipes import said_of
    from pipeline.evaluation import read_floor
    from pipeline.quality.promotion import Trial
    from pipeline.quality.side_by_side import COLUMNS, agreement, on_corrections, paired
    from pipeline.store.index import Index
    from pipeline.store.judgements import NEW, read_judged
    from pipeline.store.parts import part_path

    def read(kind: str) -> pd.DataFrame:
        return read_judged([part_path(place.data, kind, name) for name in candidate.parts], COLUMNS)

    recipes = Index.of(place.data, "articles").recipes()
    pairs = paired(read("articles"), read(f"{NEW}/{candidate.recipe}"))
    corrections = on_corrections(pairs, said_of(place.data))
    learnt = _learnt(place.data)
    return Trial(
        recipe=candidate.recipe,
        used=tuple(sorted({recipes[name] for name in candidate.parts})),
        parts=len(candidate.parts),
        agreement=agreement(pairs),
        corrections=corrections.assign(learnt=corrections["key"].isin(learnt).astype(bool)),
        figures=_figures(place, candidate),
        floor=read_floor(),
    )


def _learnt(data: Path) -> set[str]:
    """Keys of the articles whose text the candidate was fitted on, copies too."""
    from pipeline.store.dataset import stories_table
    from pipeline.training import corpus_files, snapshot_lines, training_files

    snapshots = [path for path in training_files(data, candidate=True) if path not in corpus_files()]
    learnt = [one for path in snapshots for one in snapshot_lines(path)]
    stories = {story for _, story, _ in learnt}
    placed = stories_table(data).select(["key", "story_id"]).to_pylist()
    return {key for key, _, _ in learnt} | {row["key"] for row in placed if row["story_id"] in stories}


def _figures(place: Workplace, candidate: Candidate) -> dict[str, float]:
    """The floor's figures of the candidate, measured once (a minute): the recipe holds all that they depend on."""
    from pipeline.evaluation import held_out
    from pipeline.store.parts import write_bytes
    from pipeline.training import corpus_files, training_files

    path = candidate.home(place.data) / _FIGURES
    try:
        return {str(name): float(value) for name, value in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        pass  # not measured yet, or damaged: it is measured anew
    more = [file for file in training_files(place.data, candidate=True) if file not in corpus_files()]
    found = held_out(place.config, more)
    write_bytes(path, json.dumps(found).encode())
    return found


def judge_new(place: Workplace, *, whole: bool = False, retry: bool = False) -> int:
    """``pantau judge --recipe new``: judge beside what is in use, and print the before/after table.

    ``whole``: without the table, which holds every label of the history in memory.
    """
    from pipeline import spreading
    from pipeline.commands import need_data

    need_data(place)
    with jobs.alone(place):
        spreading.sync(place)
        candidate = candidate_of(place)
        if (candidate.home(place.data) / _DECIDED).exists():
            raise PantauError("a promotion was interrupted; `pantau promote` finishes it")
        if nothing := _nothing(candidate):
            print(nothing)
            return 0
        candidate, tally = judge_beside(place, candidate, retry=retry)
        print(*_told(candidate, tally), sep="\n", flush=True)
        if whole or not candidate.parts:
            print("Next       `pantau judge --recipe new` compares it with what is in use; `pantau promote` puts it in use")
            return int(bool(candidate.left_out))
        spreading.fetch_candidate(place, candidate.recipe)
        print(*_trial_lines(trial_of(place, candidate)), sep="\n")
    print("Next       `pantau promote` puts it in use; `pipeline.compare_recipes()` shows every label that differs")
    return 0


def _nothing(candidate: Candidate) -> str:
    if candidate.parts:
        return ""
    kept = f" ({candidate.expired} expired part(s) keep their judgement)" if candidate.expired else ""
    return (
        f"nothing is new: labels, configuration and code are those by which all is judged, recipe {candidate.recipe}{kept}; "
        "correct labels (`pantau correct`), then `pantau train`"
    )


def _told(candidate: Candidate, tally: Tally) -> Iterator[str]:
    judged, before = tally.get("parts_judged"), len(candidate.parts) - tally.get("parts_judged")
    kept = f"; {candidate.expired} expired part(s) keep their judgement" if candidate.expired else ""
    yield f"Judged     {judged} part(s) now, {before} before{kept}"
    if candidate.left_out:
        told = "keep their judgement: they could not be judged (`pantau status` says why; --retry tries them again)"
        yield f"Left out   {candidate.left_out} part(s) {told}"


def _trial_lines(trial: Trial) -> Iterator[str]:
    from pipeline.quality.promotion import lines_of

    return lines_of(trial)


def promote(arguments: Namespace) -> int:
    """``pantau promote``. Raises ``PantauError`` for a candidate that is worse than what is in use."""
    from pipeline import spreading
    from pipeline.commands import need_data, place_of
    from pipeline.quality.promotion import against

    place, why = place_of(arguments), arguments.force
    need_data(place)
    if why is not None and not why.strip():
        raise ConfigError("--force: say why, for whoever asks later")
    with jobs.alone(place):
        spreading.sync(place)
        candidate = candidate_of(place)
        decided = candidate.home(place.data) / _DECIDED
        if not decided.exists():
            if nothing := _nothing(candidate):
                print(nothing)
                return 0
            candidate, tally = judge_beside(place, candidate)
            spreading.fetch_candidate(place, candidate.recipe)
            trial = trial_of(place, candidate)
            print(*_told(candidate, tally), *_trial_lines(trial), sep="\n", flush=True)
            reasons = against(trial)
            if reasons and why is None:
                raise PantauError("not promoted; what is in use stays. --force WHY promotes it all the same")
            _decide(place, candidate, trial, reasons, why if reasons else None)
        _carry_out(place, candidate)
        spreading.sync(place)
        spreading.drop_candidates(place)
    print(f"Promoted   {candidate.recipe}: new articles are judged by it; the former judgements are kept in articles_past")
    return 0


def _decide(place: Workplace, candidate: Candidate, trial: Trial, reasons: list[str], why: str | None) -> None:
    """Write the decision down; from here on the promotion is finished, whatever happens."""
    from pipeline.store.parts import write_bytes

    total, before, after = trial.agreed
    row = (
        place.now.isoformat(timespec="seconds"), candidate.recipe, "|".join(trial.used), trial.parts, trial.articles,
        trial.changed, total, before, after, "|".join(reasons), why or "",
    )  # fmt: skip
    write_bytes(candidate.home(place.data) / _DECIDED, json.dumps(row).encode())


def _carry_out(place: Workplace, candidate: Candidate) -> None:
    """Put the candidate's parts in the place of those in use. Repeatable from any point at which it was killed.

    The model first: were it last, a run between would take the promoted parts for outdated ones.
    """
    from pipeline.store.parts import part_names, part_path, recipe_of
    from pipeline.training import accept_candidate

    accept_candidate(place.data)
    for name in candidate.parts:
        _replace_part(place.data, candidate.recipe, name)
    names = part_names(place.data, "articles")
    jobs.plan_revisits(place, [name for name in names if recipe_of(part_path(place.data, "articles", name)) == candidate.recipe])
    jobs.group(place)
    _log(place.data, candidate)
    shutil.rmtree(place.data / "rejections_new" / candidate.recipe, ignore_errors=True)
    shutil.rmtree(candidate.home(place.data))


def _replace_part(data: Path, recipe: str, name: str) -> None:
    from pipeline.store.parts import part_path, recipe_of, sync_folder

    new = {kind: part_path(data, f"{kind}_new/{recipe}", name) for kind in ("rejections", "articles")}
    if not new["articles"].exists():
        return  # judged since the decision was made by what was in use then; the next promotion takes it
    if new["rejections"].exists():  # else a killed promotion has come so far: what lies there is no longer the former judgement
        jobs.keep_past(data, name, recipe_of(part_path(data, "articles", name)) or "")
    for kind, path in new.items():
        if path.exists():
            path.replace(part_path(data, kind, name))
            sync_folder(part_path(data, kind, name).parent)


def _log(data: Path, candidate: Candidate) -> None:
    from pipeline.store.parts import append_text, set_cut_line_aside

    decided = candidate.home(data) / _DECIDED
    try:
        row = json.loads(decided.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(f"{decided} cannot be read ({error}); delete it and promote again") from error
    told = io.StringIO()
    csv.writer(told, lineterminator="\n").writerow(row)
    log = data / "promotions.csv"
    set_cut_line_aside(log)
    if not (log.exists() and told.getvalue() in log.read_text(encoding="utf-8")):  # else it was killed after it had written it
        append_text(log, ",".join(LOG_COLUMNS) + "\n", told.getvalue())
