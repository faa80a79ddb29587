"""How often the first sentence that is shown as the reason of a tone is one that a reader would have shown.

    .venv/bin/python -m benchmarks.telling

`data/labels/telling.jsonl` holds, for articles of `data/labels/opponent.jsonl` (never fitted on), the sentences of the body that
tell why the article is negative or positive, best first, as spans of characters; a reader marked them who saw none of ours. The
weights of `pipeline/classify/telling.py` were chosen with the part "chosen" in view, the part "fresh" was marked afterwards.
Articles whose tone the judge misses are left out.
"""

from __future__ import annotations

import json
from collections import defaultdict

from pipeline.classify.corpus import load_labelled
from pipeline.classify.judge import load_judge
from pipeline.configfile import Problems
from pipeline.settings import default_config, default_data, labels_folder
from pipeline.training import asking_of, model_file


def main() -> None:
    """Print one line for each part and tone: the shares in which the shown sentence was marked, and marked as the best."""
    config, labels = default_config(), labels_folder()
    judge = load_judge(config, model=model_file(config, default_data()))
    problems = Problems()
    texts = {one.id: one for one in load_labelled([labels / "opponent.jsonl"], judge.slugs, problems)}
    problems.raise_if_any()
    lines = [json.loads(line) for line in (labels / "telling.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = judge.judge_many([asking_of(texts[line["id"]]) for line in lines])
    found: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for line, answer in zip(lines, judged, strict=True):
        right = texts[line["id"]].tone or ""
        if answer.tone is None or answer.tone.label != right:
            continue
        spans = [tuple(span) for span in line["spans"]]
        shown = next(((one.start, one.end) for one in answer.tone.evidence if one.field == "text"), None)
        found[line["part"], right].append((shown in spans, shown == spans[0]))
    print("| part | tone | articles | a marked sentence | the best one |\n|---|---|---|---|---|")
    for (part, tone), hits in sorted(found.items()):
        marked, best = (sum(column) / len(hits) for column in zip(*hits, strict=True))
        print(f"| {part} | {tone} | {len(hits)} | {marked:.2f} | {best:.2f} |")


if __name__ == "__main__":
    main()
