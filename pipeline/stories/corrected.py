"""Articles as persons have corrected them: the log's labels over the model's, carried to the copies of a text. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.classify.corpus import TONES
from pipeline.classify.relevance import CORRECTIONS, IMMIGRATION, IRRELEVANT
from pipeline.classify.taxonomy import OUTSIDE, UMUM
from pipeline.stories.corrections import FIELDS, LISTS, UNSURE, Correction, Known, Value, in_force

if TYPE_CHECKING:
    from collections.abc import Hashable

    Row = Mapping[str, Any] | Mapping[Hashable, Any]

# An article that has half as many words again says more than the text that the person read.
LONGER = 1.5
# Equal texts that were never grouped (irrelevant ones) are copies from so many words on; shorter ones are formulas.
WORDS = 20
# Which answers settle a reason for review (classify/review.py), any one of them; other reasons stay.
ANSWERED_BY = {
    "relevance doubtful": {"relevance"},
    "tone unsure": {"tone"},
    "likely negative": {"tone"},
    "dangerous incident": {"incidents", "tone"},  # who has given its tone has seen it
    "programme doubtful": {"programme_primary"},
    "unit unknown": {"unit_primary"},
}
# What is asked of an immigration article too; the other reasons of this list only of corrections.
ASKED_OF_BOTH = {"relevance doubtful", "programme doubtful"}
# What an article may be asked at all, by its relevance.
SPOKEN_OF = {
    CORRECTIONS: frozenset(FIELDS),
    IMMIGRATION: frozenset(FIELDS) - {"tone", "title_tone", "incidents"},
    IRRELEVANT: frozenset({"relevance", "source_type"}),
}
ADDED = (*(f"{field}_model" for field in FIELDS), "corrected_fields", "corrected_by", "corrected_from")
# Columns of ARTICLES: what tells whether a correction of one article reaches another, and what must be known to correct one.
REACHED_BY = ("key", "words", "title", "text_sha256", "source_type")
EVIDENCE = ("programmes", "incidents_evidence")  # what is corrected too where it was read
READ = tuple(dict.fromkeys((*REACHED_BY, *FIELDS, "programme_probability", "units", "units_unknown", "review_reasons")))


def correct_frame(
    frame: pd.DataFrame, rows: Iterable[Correction], known: Known, origins: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The frame of ``store/dataset.articles`` with corrected labels, one row per article as before, and ``ADDED`` columns.

    ``origins``: where the frame is a part of what is held, the articles that the log speaks of (REACHED_BY and story_id).

    ``<field>_model`` is what the model says; ``corrected_fields``, ``corrected_by`` and ``corrected_from`` (the key of the
    article that the correction was written for) are lists of one length, in the order of ``FIELDS``.
    """
    found = frame.copy()
    for field in FIELDS:
        if field not in found:
            found[field] = pd.Series([None] * len(found), index=found.index, dtype=object)
        found[f"{field}_model"] = found[field]
    for name in ADDED[len(FIELDS) :]:
        found[name] = _objects([_array(())] * len(found))
    changed: dict[str, dict[int, object]] = defaultdict(dict)
    force = in_force(rows)
    if force and len(found):
        answers = _answers(found, found if origins is None else origins, force)
        asked = [name for name in (*READ, *EVIDENCE) if name in found]
        for (index, (own, inherited)), row in zip(answers.items(), _records(found, [*answers], asked), strict=True):
            for name, value in settled(row, own, inherited, known).items():
                changed[name][index] = value
    for name, values in changed.items():
        if name in found:
            column = found[name].tolist()
            for index, value in values.items():
                column[index] = _array(value) if isinstance(value, tuple) else value
            listed = any(isinstance(value, tuple) for value in values.values())
            found[name] = _objects(column) if listed else pd.Series(column, index=found.index, dtype=found[name].dtype)
    return found


def reached(frame: pd.DataFrame, rows: Iterable[Correction], origins: pd.DataFrame) -> set[str]:
    """Keys of the articles of ``frame`` that corrections reach; both frames have REACHED_BY and story_id."""
    found = _answers(frame.assign(source_type_model=frame["source_type"]), origins, in_force(rows))
    return set(map(str, frame["key"].iloc[[*found]]))


def copies_of(frame: pd.DataFrame, keys: Iterable[str], origins: pd.DataFrame | None = None) -> dict[str, list[int]]:
    """Key → positions of the articles with the same text: its story's, and those of equal text that no story holds.

    ``origins`` holds the keys' own articles, where the frame may lack them.
    """
    held = frame if origins is None else origins
    wanted = held[held["key"].isin(set(keys))]
    stories = _positions(frame, "story_id", frame["story_id"].isin(wanted["story_id"]))
    texts = _positions(frame, "text_sha256", frame["text_sha256"].isin(wanted["text_sha256"]) & (frame["words"] >= WORDS))
    return {
        key: sorted({*stories.get(story, ()), *texts.get(text, ())})
        for key, story, text in zip(wanted["key"], wanted["story_id"], wanted["text_sha256"], strict=True)
    }


def _positions(frame: pd.DataFrame, column: str, mask: pd.Series[bool]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    positions = np.flatnonzero(mask.to_numpy())
    for index, value in zip(positions.tolist(), frame[column].iloc[positions].tolist(), strict=True):
        found[str(value)].append(index)
    return found


def _records(frame: pd.DataFrame, positions: Sequence[int], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows at these positions, column by column: a thousand times the cost of a value is that of a row taken alone."""
    some = frame[[*columns]].iloc[list(positions)]
    values = [some[name].tolist() for name in columns]
    return (dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True))


def travels(field: str, value: Value, origin: Row, copy: Row) -> bool:
    """Whether a label that was written for ``origin`` also holds for its copy.

    Not for one that says much more; a title's tone only under the same title; and it is the outlet, not the text, that
    makes an aggregate.
    """
    if copy["words"] > LONGER * max(1, origin["words"]):
        return False
    if field == "title_tone":
        return _folded(origin["title"]) == _folded(copy["title"])
    if field == "source_type":
        return "aggregate" not in (value, copy["source_type_model"])
    return True


def _folded(title: object) -> str:
    return " ".join(str(title).casefold().split())


Answers = dict[int, tuple[dict[str, Correction], dict[str, Correction]]]


def _answers(frame: pd.DataFrame, origins: pd.DataFrame, force: Mapping[tuple[str, str], Correction]) -> Answers:
    """Position → (its own corrections, those that reach it from copies) by field; among copies the last row wins."""
    keys = {key for key, _ in force}
    copies = copies_of(frame, keys, origins)
    place = {key: index for index, key in enumerate(frame["key"]) if key in keys}
    found: Answers = defaultdict(lambda: ({}, {}))
    spoken = {row["key"]: row for row in origins.loc[origins["key"].isin(keys), ["key", "words", "title"]].to_dict("records")}
    touched = sorted({index for positions in copies.values() for index in positions})
    read = dict(zip(touched, _records(frame, touched, ("words", "title", "source_type_model")), strict=True))
    for (key, field), row in force.items():
        if key not in spoken:
            continue
        own = place.get(key)
        if own is not None:
            found[own][0][field] = row
        for index in copies[key]:
            if index != own and travels(field, row.value, spoken[key], read[index]):
                found[index][1][field] = row
    return found


def settled(
    row: Mapping[str, Any], own: Mapping[str, Correction], inherited: Mapping[str, Correction], known: Known
) -> dict[str, object]:
    """The columns that change of one article. An own correction comes before one that reaches it from a copy.

    Labels that hang together stay together: what is irrelevant has no tone, programme, unit or incident; what a person
    has called relevant against the model is ``unsure`` of tone and without programme until a person says them.
    """
    told: dict[str, Correction] = {**inherited, **own}
    said, relevance = _relevance(row, own, inherited, known)
    if said is not None:
        told["relevance"] = said
    told = {field: told[field] for field in FIELDS if field in told and field in SPOKEN_OF[relevance]}
    if relevance == IMMIGRATION and "programme_primary" in told and told["programme_primary"].value in (UMUM, OUTSIDE):
        del told["programme_primary"]
    kept = relevance == row["relevance"]  # else the model's other labels answered another question
    labels = _labels(row, told, relevance, kept)
    changes: dict[str, object] = {field: value for field, value in labels.items() if field in told or not kept}
    changes["relevance"] = relevance
    changes |= _programmes(row, told, labels, known) | _tones(row, told, labels) | _units(row, told, labels, known)
    if said is not None:
        changes["relevance_probability"] = 1.0
        if relevance != row["relevance"]:
            changes["relevance_evidence"] = ()
    if "incidents" in told or not kept:
        changes["incidents_evidence"] = tuple(
            item for item in _list(row.get("incidents_evidence")) if item.get("code") in labels["incidents"]
        )
    return {
        **changes,
        **_review(row, told, labels, relevance),
        "corrected_fields": tuple(told),
        "corrected_by": tuple(one.who for one in told.values()),
        "corrected_from": tuple(one.key for one in told.values()),
    }


def _relevance(
    row: Mapping[str, Any], own: Mapping[str, Correction], inherited: Mapping[str, Correction], known: Known
) -> tuple[Correction | None, str]:
    """The row that decides relevance, and its answer. Who gives a tone says "corrections", which alone have one.

    Who gives a programme says that the article is relevant; so these labels stand when a later model thinks otherwise.
    """
    for source in (own, inherited):
        if "relevance" in source:
            return source["relevance"], str(source["relevance"].value)
        for field in ("tone", "title_tone", "incidents"):
            if field in source and source[field].value:
                return source[field], CORRECTIONS
        if primary := source.get("programme_primary"):
            if primary.value in (UMUM, OUTSIDE) or row["relevance"] == IRRELEVANT:
                return primary, IMMIGRATION if primary.value in known.immigration else CORRECTIONS
            return primary, str(row["relevance"])
    return None, str(row["relevance"])


def _labels(row: Mapping[str, Any], told: Mapping[str, Correction], relevance: str, kept: bool) -> dict[str, Any]:
    """Every field's label: a person's, else the model's where it still answers the question, else an honest blank."""
    blank: dict[str, Any] = {field: () if field in LISTS else "" for field in FIELDS}
    blank |= {"tone": UNSURE, "title_tone": UNSURE} if relevance == CORRECTIONS else {"tone": None, "title_tone": None}
    if relevance != IRRELEVANT:
        blank["unit_primary"] = _text(row["unit_primary"])
    blank |= {"source_type": row["source_type"], "relevance": relevance}
    model = {field: tuple(_list(row[field])) if field in LISTS else _text(row[field]) or None for field in FIELDS}
    model |= {"programme_primary": _text(row["programme_primary"]), "unit_primary": _text(row["unit_primary"])}
    labels = {**(model if kept else blank), **{field: one.value for field, one in told.items() if field != "relevance"}}
    labels["relevance"] = relevance
    primary = labels["programme_primary"]
    labels["programmes_related"] = tuple(slug for slug in labels["programmes_related"] if slug != primary)
    named = {primary, *labels["programmes_related"]}
    labels["programmes_mentioned"] = tuple(slug for slug in labels["programmes_mentioned"] if slug not in named)
    return labels


def _programmes(
    row: Mapping[str, Any], told: Mapping[str, Correction], labels: Mapping[str, Any], known: Known
) -> dict[str, object]:
    """The programme columns, once any of them changes: roles without overlap, evidence where the model had some."""
    primary = labels["programme_primary"]
    roles = [("primary", (primary,) if primary not in ("", UMUM, OUTSIDE) else (), "programme_primary")]
    roles += [(role, labels[f"programmes_{role}"], f"programmes_{role}") for role in ("related", "mentioned")]
    before = {item["slug"]: item for item in _list(row.get("programmes"))}
    scores: list[dict[str, object]] = []
    for role, slugs, field in roles:
        for slug in slugs:
            held = before.get(slug, {"probability": 0.0, "evidence": []})
            chance = 1.0 if field in told else held["probability"]
            code = known.programmes.get(slug, "")
            scores.append({"slug": slug, "code": code, "role": role, "probability": chance, "evidence": held["evidence"]})
    chance = 1.0 if "programme_primary" in told else row["programme_probability"] if primary else 0.0
    evidence = {} if primary == row["programme_primary"] else {"programme_evidence": before.get(primary, {}).get("evidence", ())}
    return {
        "programmes": tuple(scores),
        **{name: tuple(spans) for name, spans in evidence.items()},
        "programme_probability": chance,
        **{field: labels[field] for field in ("programme_primary", "programmes_related", "programmes_mentioned")},
    }


def _tones(row: Mapping[str, Any], told: Mapping[str, Correction], labels: Mapping[str, Any]) -> dict[str, object]:
    """A person's tone counts as certain; its evidence goes when it was evidence for another tone."""
    changes: dict[str, object] = {}
    for field in ("tone", "title_tone"):
        label = labels[field]
        differs = label != (_text(row[field]) or None)
        if field in told:
            changes |= {f"{field}_{name}": float(name == label) for name in TONES}
        elif differs:
            changes |= {f"{field}_{name}": None for name in TONES}
        if differs:
            changes |= {field: label, f"{field}_evidence": ()}
    return changes


def _units(row: Mapping[str, Any], told: Mapping[str, Correction], labels: Mapping[str, Any], known: Known) -> dict[str, object]:
    """The unit that acts comes first among the units; its kanwil is the gazetteer's, "" when that does not know it."""
    if labels["relevance"] == IRRELEVANT:
        return {"unit_primary": "", "kanwil": "", "units": (), "units_unknown": ()}
    if "unit_primary" not in told:
        return {}
    unit = labels["unit_primary"]
    others = [name for name in _list(row["units"]) if name != unit]
    units = tuple([unit, *others] if unit else others)
    unknown = [name for name in _list(row["units_unknown"]) if name not in known.units]
    if unit and unit not in known.units and unit not in unknown:
        unknown.insert(0, unit)
    return {"unit_primary": unit, "kanwil": known.units.get(unit, ""), "units": units, "units_unknown": tuple(unknown)}


def _review(
    row: Mapping[str, Any], told: Mapping[str, Correction], labels: Mapping[str, Any], relevance: str
) -> dict[str, object]:
    """The doubts that no person has answered, and those that a correction of relevance has opened."""
    reasons: list[str] = []
    for reason in _list(row["review_reasons"]) if relevance != IRRELEVANT else ():
        asked = relevance == CORRECTIONS or reason in ASKED_OF_BOTH or reason not in ANSWERED_BY
        if asked and not ANSWERED_BY.get(reason, set()) & told.keys():
            reasons.append(reason)
    if labels["tone"] == UNSURE and "tone unsure" not in reasons:
        reasons.append("tone unsure")
    if relevance != IRRELEVANT and not labels["programme_primary"] and "programme doubtful" not in reasons:
        reasons.append("programme doubtful")
    changes: dict[str, object] = {"review_reasons": tuple(reasons), "needs_review": bool(reasons)}
    return changes if reasons else {**changes, "review_priority": 0.0}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    """Arrow lists come back as arrays, or as None where a column is missing."""
    return list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else []


def _array(values: Sequence[object]) -> np.ndarray[Any, Any]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _objects(values: Sequence[object]) -> np.ndarray[Any, Any]:
    """A column of lists: numpy must not take lists of equal length for a table."""
    return np.fromiter(values, dtype=object, count=len(values))
