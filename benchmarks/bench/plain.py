"""The same packages wired plainly, as a good notebook has it: what the whole line is measured against.

trafilatura as it comes, with metadata; PySastrawi's own cached stemmer; TF-IDF over words and pairs with a linear machine for
each of three questions; datasketch for near-duplicates; pandas to parquet. It masks no names, finds no units, keeps no evidence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.records import Page
from pipeline.settings import labels_folder

QUESTIONS = ("relevance", "primary", "tone")
THRESHOLD = 0.7  # Jaccard, over runs of three words, as datasketch's own examples have it
MINIMA = 128


class Plain:
    """Fitted once on the labelled corpus, then asked part by part."""

    def __init__(self) -> None:
        from datasketch import MinHashLSH
        from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        self._stemmer = StemmerFactory().create_stemmer()
        labelled = [
            json.loads(line)
            for path in sorted((labels_folder() / "corpus").glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
        stems = [self._stemmer.stem(f"{one['title']} {one['text']}") for one in labelled]
        self._vectorizer = TfidfVectorizer(ngram_range=(1, 2))
        matrix = self._vectorizer.fit_transform(stems)
        self._machines = {
            question: LinearSVC(random_state=0).fit(matrix, [one["labels"].get(question) or "-" for one in labelled])
            for question in QUESTIONS
        }
        self._near = MinHashLSH(threshold=THRESHOLD, num_perm=MINIMA)

    def run(self, pages: Path, folder: Path) -> int:
        """Judge one part of pages and write its rows; returns how many there are."""
        import pandas as pd

        frame = pd.read_parquet(pages)
        rows = [row for page in frame.to_dict("records") if (row := self._read(page["key"], page["url"], page["bodies"][0]))]
        matrix = self._vectorizer.transform([row["stems"] for row in rows])
        judged = pd.DataFrame(rows)
        for question, machine in self._machines.items():
            judged[question] = machine.predict(matrix)
        folder.mkdir(parents=True, exist_ok=True)
        judged.to_parquet(folder / pages.name)
        return len(judged)

    def _read(self, key: str, url: str, body: bytes) -> dict[str, Any] | None:
        import trafilatura

        found = trafilatura.bare_extraction(body, url=url, with_metadata=True)
        if found is None or not found.text:
            return None
        signature = minhash(found.text)
        copies = self._near.query(signature)
        if key not in self._near:
            self._near.insert(key, signature)
        return {
            "key": key,
            "url": url,
            "title": found.title,
            "text": found.text,
            "published": found.date,
            "outlet": found.sitename,
            "stems": self._stemmer.stem(f"{found.title} {found.text}"),
            "copies": copies,
        }


def minhash(text: str) -> Any:
    """datasketch's signature of a text's runs of three words."""
    from datasketch import MinHash

    words = text.lower().split()
    signature = MinHash(num_perm=MINIMA)
    signature.update_batch([" ".join(words[place : place + 3]).encode() for place in range(max(1, len(words) - 2))])
    return signature


def read_only(page: Page) -> object:
    """What the plain way takes from one page with trafilatura's fast settings: the peer of our extraction."""
    import trafilatura

    return trafilatura.bare_extraction(page.bodies[0], url=page.url, fast=True, with_metadata=True)
