"""What anybody would try first, on the same texts: the most frequent label, plain words with a regression, a word list. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.quality.answers import NONE, Answer
from pipeline.quality.lexicon import Lexicon, cuts_of, toned

FIELDS = ("relevance", "primary", "tone")


def majority(training: Sequence[Labelled], texts: Sequence[Labelled]) -> dict[str, list[Answer]]:
    """No thought: always the most frequent label. Programme and tone are asked as if it knew which articles are ours."""
    found = {}
    for field in FIELDS:
        counts = Counter(str(getattr(one, field)) for one in training if getattr(one, field))
        label, count = counts.most_common(1)[0]
        sure = count / counts.total()
        answers = [Answer(one.story, str(getattr(one, field)), label, sure, label) for one in texts if getattr(one, field)]
        if answers:
            found[field] = answers
    return found


def plain_words(training: Sequence[Labelled], texts: Sequence[Labelled]) -> dict[str, list[Answer]]:
    """TF-IDF of raw words and word pairs with logistic regression, nothing of ours.

    It pays for what it misses, as the judge does: where its own relevance is wrong it has no programme and no tone.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    known = vectorizer.fit_transform([_text(one) for one in training])
    asked = vectorizer.transform([_text(one) for one in texts])
    shares: dict[str, list[dict[str, float]]] = {}
    for field in FIELDS:
        rows = [index for index, one in enumerate(training) if getattr(one, field)]
        head: Any = LogisticRegression(C=10, max_iter=1000).fit(known[rows], [getattr(training[index], field) for index in rows])
        labels = [str(label) for label in head.classes_]
        shares[field] = [dict(zip(labels, map(float, row), strict=True)) for row in head.predict_proba(asked)]
    relevance = [_best(row) for row in shares["relevance"]]
    found: dict[str, list[Answer]] = {}
    for field in FIELDS:
        for one, row, gate in zip(texts, shares[field], relevance, strict=True):
            if not (right := getattr(one, field)):
                continue
            missed = (field == "primary" and gate == "irrelevant") or (field == "tone" and gate != "corrections")
            best = _best(row)
            answer = Answer(one.story, right, NONE) if missed else Answer(one.story, right, best, row[best], best)
            found.setdefault(field, []).append(answer)
    return found


def word_list(lexicon: Lexicon, training: Sequence[Labelled], texts: Sequence[Labelled]) -> dict[str, list[Answer]]:
    """Tone by a sentiment lexicon, cut into three by the training texts; asked as if it knew which articles are ours."""
    ours = [one for one in training if one.tone]
    cuts = cuts_of([lexicon.score(_text(one)) for one in ours], [str(one.tone) for one in ours])
    answers = [Answer(one.story, one.tone, toned(lexicon.score(_text(one)), cuts)) for one in texts if one.tone]
    return {"tone": answers} if answers else {}


def _text(one: Labelled) -> str:
    return f"{one.title}\n{one.text}"


def _best(shares: Mapping[str, float]) -> str:
    return min(shares, key=lambda label: (-shares[label], label))
