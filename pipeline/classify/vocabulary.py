"""The vocabulary: ``config/vocabulary.yaml``, ``stems.yaml`` and ``calibration.yaml``, loaded and checked whole."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify.negation import NEGATED
from pipeline.configfile import ConfigFile, Problems, check, read_yaml

if TYPE_CHECKING:
    from pipeline.classify.shapes import CalibrationShape, RuleShape, VocabularyShape

RELEVANCE = ("corrections", "immigration", "irrelevant")
TONES = ("positive", "neutral", "negative")
INCIDENTS = ("kabur", "kerusuhan", "kematian", "kekerasan", "korupsi_pungli", "narkoba_internal", "bencana", "pelayanan", "etik")


def load_vocabulary(path: Path, slugs: Collection[str] | None, problems: Problems) -> VocabularyShape | None:
    """The vocabulary, or None if its shape is wrong. ``slugs``: the labels a programme rule may name, None to let any pass."""
    from pipeline.classify.shapes import VocabularyShape

    file = read_yaml(path, problems)
    shape: VocabularyShape | None = check(VocabularyShape, file, problems) if file else None
    if file is None or shape is None:
        return None
    for name, expression in shape.patterns.items():
        _check_expression(file, ("patterns", name), expression, problems)
        if name in shape.groups:
            problems.add(path, file.line(("patterns", name)), f"patterns.{name}", "a group has this name too; rename one of them")
    for index, expression in enumerate(shape.noise_lines):
        _check_expression(file, ("noise_lines", index), expression, problems)
    for index, expression in enumerate(shape.relevance.address_patterns):
        _check_expression(file, ("relevance", "address_patterns", index), expression, problems)
    for index, name in enumerate(shape.negation.groups):
        if name not in shape.groups:
            advice = f"{name!r} is no group; known are: {', '.join(sorted(shape.groups))}"
            problems.add(path, file.line(("negation", "groups", index)), f"negation.groups.{index}", advice)
    known = {*shape.groups, *shape.patterns, NEGATED.removeprefix("@")}
    _check_rules(file, "programme_rules", shape.programme_rules, slugs, known, problems)
    _check_rules(file, "related_rules", shape.related_rules, slugs, known, problems)
    _check_rules(file, "tone_rules", shape.tone_rules, TONES, known, problems)
    _check_rules(file, "incident_rules", shape.incident_rules, INCIDENTS, known, problems)
    return shape


def load_stems(path: Path, problems: Problems) -> dict[str, str]:
    """Word → stem of the words that the stemmer's rules get wrong; empty if the shape is wrong."""
    from pipeline.classify.shapes import StemsShape

    file = read_yaml(path, problems)
    shape: StemsShape | None = check(StemsShape, file, problems) if file else None
    stems: dict[str, str] = {}
    for index, entry in enumerate(shape.corrections if shape else ()):
        for word in entry.words:
            if file and word in stems:
                key = ("corrections", index, "words")
                problems.add(path, file.line(key), f"corrections.{index}.words", f"{word!r} stands twice; keep one of them")
            stems[word] = entry.stem
    return stems


def load_calibration(path: Path, problems: Problems) -> CalibrationShape | None:
    """The calibration tables, steps in rising order of score; None if the shape is wrong."""
    from pipeline.classify.shapes import CalibrationShape

    file = read_yaml(path, problems)
    shape: CalibrationShape | None = check(CalibrationShape, file, problems) if file else None
    if file is None or shape is None:
        return None
    tables: list[tuple[tuple[str, ...], list[float]]] = [
        *((("relevance", label), [step.score for step in steps]) for label, steps in shape.relevance.items()),
        (("primary",), [step.score for step in shape.primary]),
        *((("tone", label), [step.score for step in steps]) for label, steps in shape.tone.items()),
    ]
    for key, scores in tables:
        if scores != sorted(scores):
            problems.add(path, file.line(key), ".".join(key), "scores must rise from step to step; sort them")
    for needed in (*(("tone", label) for label in TONES), *(("relevance", label) for label in RELEVANCE)):
        if not any(key == needed and scores for key, scores in tables):
            problems.add(path, file.line(needed[:1]), ".".join(needed), "is missing; give at least one step")
    return shape


def _check_expression(file: ConfigFile, key: tuple[str | int, ...], expression: str, problems: Problems) -> None:
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        problems.add(
            file.path, file.line(key), ".".join(map(str, key)), f"not a regular expression: {error} (found {expression!r})"
        )


def _check_rules(
    file: ConfigFile,
    section: str,
    rules: tuple[RuleShape, ...],
    labels: Collection[str] | None,
    known: Collection[str],
    problems: Problems,
) -> None:
    seen: set[str] = set()
    for index, rule in enumerate(rules):

        def add(name: str, advice: str, index: int = index) -> None:
            problems.add(file.path, file.line((section, index, name)), f"{section}.{index}.{name}", advice)

        if rule.id in seen:
            add("id", f"{rule.id!r} stands twice; each rule needs its own")
        seen.add(rule.id)
        if labels is not None and rule.label not in labels:
            add("label", f"{rule.label!r} is no label; known are: {', '.join(sorted(labels))}")
        if labels is not None and rule.primary and rule.primary not in labels:
            add("primary", f"{rule.primary!r} is no programme; known are: {', '.join(sorted(labels))}")
        if not rule.all and not rule.any:
            add("all", "a rule needs `all` or `any`; write at least one term or @group")
        for name in ("all", "any", "none", "article"):
            for entry in getattr(rule, name):
                if entry.startswith("@") and entry[1:] not in known:
                    add(name, f"{entry} is no group; known are: {', '.join('@' + group for group in sorted(known))}")
                elif entry != entry.lower():
                    add(name, f"{entry!r}: terms are lower case; write {entry.lower()!r}")
