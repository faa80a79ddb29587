"""From corrections to the model in use: judged beside, shown, refused when worse, promoted whole whatever interrupts it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from pipeline import jobs, promoting, spreading, training
from pipeline.cli import main
from pipeline.demo import DemoResult, workplace_of_demo
from pipeline.errors import StorageError
from pipeline.quality.floor import Floor
from pipeline.quality.promotion import Trial, against, lines_of
from pipeline.quality.side_by_side import COLUMNS, agreement, changes, on_corrections, paired
from pipeline.retention import forget
from pipeline.settings import labels_folder
from pipeline.store.objects import Bucket
from pipeline.store.parts import part_names, part_path, recipe_of
from tests.conftest import NOW, contents
from tests.store.s3 import environment, serving

FLOOR = {"relevance accuracy": 0.5}


def a_part_of_the_corpus(folder: Path) -> None:
    """Some of every batch that is learnt from, and of one that is measured on: fitted in a second."""
    for source in sorted((labels_folder() / "corpus").glob("*.jsonl")):
        lines = 60 if source.stem == "s14" else 0 if source.stem in training.TEST_BATCHES else 15
        if lines:
            with source.open(encoding="utf-8") as file:
                path = folder / "corpus" / source.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(islice(file, lines)), encoding="utf-8")
    set_floor(folder, FLOOR)


def set_floor(folder: Path, figures: dict[str, float]) -> None:
    (folder / "floor.json").write_text(json.dumps({"corpus": "", "figures": figures}), encoding="utf-8")


@pytest.fixture(scope="module")
def prepared(demo: DemoResult, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """labels/ with few labels, models/, and data/: the demo, which other labels have judged, with the candidate beside it."""
    root = tmp_path_factory.mktemp("promoting")
    a_part_of_the_corpus(root / "labels")
    shutil.copytree(demo.place.data, root / "data")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PANTAU_MODELS", str(root / "models"))
        patched.setattr("pipeline.training.labels_folder", lambda: root / "labels")
        patched.setattr("pipeline.evaluation.labels_folder", lambda: root / "labels")
        assert main(["judge", "--recipe", "new", "--data", str(root / "data")]) == 0
        yield root


@pytest.fixture
def data(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all that is prepared; returns its data folder."""
    root = tmp_path / "own"
    shutil.copytree(prepared, root)
    monkeypatch.setenv("PANTAU_MODELS", str(root / "models"))
    monkeypatch.setattr("pipeline.training.labels_folder", lambda: root / "labels")
    monkeypatch.setattr("pipeline.evaluation.labels_folder", lambda: root / "labels")
    return root / "data"


def place_of(data: Path) -> jobs.Workplace:
    place = workplace_of_demo(data, NOW)
    assert place is not None
    return place


def used(data: Path) -> set[str | None]:
    return {recipe_of(part_path(data, "articles", name)) for name in part_names(data, "articles")}


def test_judging_beside_touches_nothing_in_use(data: Path, demo: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    before, now = contents(demo.place.data), contents(data)
    assert {name: now[name] for name in before} == before
    beside = {name.split("/")[0] for name in now.keys() - before.keys()}
    assert beside == {"articles_new", "rejections_new"}
    assert main(["judge", "--recipe", "new", "--data", str(data)]) == 0
    told = capsys.readouterr().out
    assert "Judged     0 part(s) now, 1 before" in told
    assert "Verdict    it may be promoted" in told
    assert "relevance accuracy" in told
    assert contents(data) == now, "a second time nothing is judged and nothing changes"


def test_the_candidate_is_compared_with_what_is_in_use(data: Path) -> None:
    found = pipeline.compare_recipes(data=data)
    assert found.old == "in_use"
    [candidate] = [path.name for path in (data / "articles_new").iterdir()]
    assert found.new == candidate
    articles = pipeline.articles(relevance=None, data=data)
    total = found.agreement.set_index("field").loc["relevance"]
    assert total["articles"] == len(articles)
    assert total["same"] + total["changed"] == total["articles"]
    assert 0 < total["changed"] == (found.changes["field"] == "relevance").sum()
    row = found.changes.iloc[0]
    assert row["old"] != row["new"]
    assert row["title"] in set(articles["title"])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"old": "0123456789ab"}, "'0123456789ab' has judged nothing here; held are: in_use, .* \\(candidate\\)"),
        ({"old": "in_use", "new": "in_use"}, "compared with itself"),
        ({"new": "../articles"}, "has judged nothing here"),
    ],
)
def test_a_recipe_that_is_not_held_says_which_are(names: dict[str, str], said: str, data: Path) -> None:
    with pytest.raises(ValueError, match=said):
        pipeline.compare_recipes(**names, data=data)


def test_in_a_bucket_it_is_judged_and_promoted_from_a_mirror(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [old], [name] = used(data), part_names(data, "articles")
    shutil.rmtree(data / "articles_new")
    shutil.rmtree(data / "rejections_new")
    address = "s3://pantau-test/promoted"
    words = ["--data", address, "--mirror", str(data)]
    with serving() as server:
        for variable, value in environment(server.endpoint).items():
            monkeypatch.setenv(variable, value)
        bucket = Bucket(address)
        assert main(["judge", "--all", "--recipe", "new", *words]) == 0
        assert "Verdict" not in capsys.readouterr().out, "no table of a whole history"
        [beside] = bucket.tags("articles_new")
        assert recipe_of(part_path(data, "articles", name)) == old
        assert main(["judge", "--recipe", "new", *words]) == 0
        assert "Judged     0 part(s) now, 1 before" in capsys.readouterr().out
        assert main(["promote", *words]) == 0
        [new] = used(data)
        assert beside == f"articles_new/{new}/{name}"
        assert bucket.read(f"articles/{name}") == part_path(data, "articles", name).read_bytes()
        assert list(bucket.tags("rejections_of")) == sorted(f"rejections_of/{recipe}/{name}" for recipe in (str(old), str(new)))
        assert bucket.tags("articles_new") == {}
        other = tmp_path / "other"
        spreading.sync(replace(place_of(data), data=other, root=address))
        assert used(other) == {new}
        assert (other / "rejections" / name).read_bytes() == (data / "rejections" / name).read_bytes()


def test_promotion_swaps_and_keeps_the_old(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, [old] = contents(data), used(data)
    labels = pipeline.compare_recipes(data=data).pairs
    assert main(["promote", "--data", str(data)]) == 0
    assert "Promoted" in capsys.readouterr().out
    [new] = used(data)
    after = contents(data)
    [name] = part_names(data, "articles")
    for kind in ("articles", "rejections"):
        assert after[f"{kind}/{name}"] == before[f"{kind}_new/{new}/{name}"]
        assert after[f"{kind}_past/{old}/{name}"] == before[f"{kind}/{name}"]
    assert not list(data.glob("*_new/*"))
    assert new == jobs.recipe_of_place(place_of(data))
    pd.testing.assert_frame_equal(pipeline.compare_recipes(data=data).pairs, labels)
    head, row = (data / "promotions.csv").read_text(encoding="utf-8").splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["recipe"] == new
    assert main(["promote", "--data", str(data)]) == 0
    assert "nothing is new" in capsys.readouterr().out
    assert contents(data) == after


def test_a_model_below_the_floor_is_refused_and_forced_with_a_reason(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_floor(data.parent / "labels", {"relevance accuracy": 1.0, "tone accuracy": 0.1, "no such figure": 0.1})
    before = contents(data)
    assert main(["promote", "--data", str(data)]) == 1
    told = capsys.readouterr()
    assert "refused: below the floor: relevance accuracy is 0." in told.out
    assert "no such figure is no longer measured" in told.out
    assert "tone accuracy is" not in told.out
    assert "--force WHY" in told.err
    assert contents(data) == before
    assert main(["promote", "--force", "  ", "--data", str(data)]) == 2
    assert main(["promote", "--force", 'tried, "for a week"', "--data", str(data)]) == 0
    logged = pd.read_csv(data / "promotions.csv").iloc[-1]
    assert logged["forced"] == 'tried, "for a week"'
    assert logged["against"].startswith("below the floor: relevance accuracy")


def correct(data: Path, key: str, field: str, label: str) -> None:
    assert main(["correct", key, field, label, "--who", "Sari", "--why", "uji", "--data", str(data)]) == 0


def test_corrections_are_learnt_by_promotion_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = place_of(data)
    assert main(["promote", "--data", str(data)]) == 0  # so that only the corrections differ
    recipe = jobs.recipe_of_place(place)
    row = pipeline.articles(data=data).iloc[0]
    label = "negative" if row["tone"] != "negative" else "positive"
    for field, value in (("relevance", "corrections"), ("programme_primary", row["programme_primary"]), ("tone", label)):
        correct(data, row["key"], field, value)
    capsys.readouterr()
    assert main(["train", "--data", str(data)]) == 0
    assert "1 of them settled by analysts' corrections\na candidate" in capsys.readouterr().out
    assert jobs.recipe_of_place(place) == recipe, "training alone changes nothing that judges"
    assert main(["promote", "--data", str(data)]) == 0  # judges beside by itself
    told = capsys.readouterr().out
    assert "Judged     1 part(s) now, 0 before" in told
    assert "all, not learnt from" in told
    assert jobs.recipe_of_place(place) != recipe
    assert used(data) == {jobs.recipe_of_place(place)}
    found = pipeline.compare_recipes(old=recipe, data=data).corrections
    assert set(found["key"]) == {row["key"]}
    assert set(found["field"]) == {"relevance", "programme_primary", "tone"}
    assert not found.set_index("field").loc["tone", "old_right"]
    assert main(["train", "--data", str(data)]) == 0
    assert "it is the model in use" in capsys.readouterr().out


def test_what_is_forgotten_leaves_candidates_too(data: Path) -> None:
    place = place_of(data)
    row = pipeline.articles(data=data).iloc[0]
    for field, value in (("relevance", "corrections"), ("programme_primary", row["programme_primary"]), ("tone", row["tone"])):
        correct(data, row["key"], field, value)
    assert training.take_snapshot(data) == 1
    with jobs.alone(place):
        counts = forget(place, {row["key"]}, set())
    assert counts["learnt"] == 1
    assert row["key"] not in training.candidate_snapshot(data).read_text(encoding="utf-8")
    files = [*data.rglob("*.parquet")]
    assert len({path.relative_to(data).parts[0] for path in files} & {"articles", "articles_new"}) == 2
    for path in files:
        frame = pd.read_parquet(path)
        assert row["key"] not in set(frame["key"]), path


def killed_at(stop: int) -> Callable[[Path, Path], Path]:
    """``Path.replace``, but its ``stop``-th call is a kill."""
    real, calls = Path.replace, 0

    def replace(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == stop:
            raise KeyboardInterrupt
        return real(path, target)

    return replace


def test_an_interrupted_promotion_is_finished(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before each of its renames in turn, the folder is whole for readers, and the same command finishes it."""
    whole = tmp_path / "whole" / "data"
    shutil.copytree(data.parent, whole.parent)
    assert main(["promote", "--data", str(whole)]) == 0
    wanted = contents(whole)
    keys = set(pipeline.articles(relevance=None, data=data)["key"])
    for stop in range(1, 9):
        trial = tmp_path / str(stop) / "data"
        shutil.copytree(data.parent, trial.parent)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", killed_at(stop))
            code = main(["promote", "--data", str(trial)])
        assert set(pipeline.articles(relevance=None, data=trial)["key"]) == keys
        if code == 0:
            break
        assert code == 130
        assert main(["promote", "--data", str(trial)]) == 0
        assert {name: held for name, held in contents(trial).items() if name != "promotions.csv"} == {
            name: held for name, held in wanted.items() if name != "promotions.csv"
        }
        assert len((trial / "promotions.csv").read_text(encoding="utf-8").splitlines()) == 2
    assert stop > 4, "the decision, two parts and the stories are renamed"


def test_a_damaged_decision_says_what_to_do(data: Path) -> None:
    place = place_of(data)
    candidate = promoting.candidate_of(place)
    (candidate.home(data) / "_promoted.json").write_text("{", encoding="utf-8")
    assert main(["judge", "--recipe", "new", "--data", str(data)]) == 1
    with pytest.raises(StorageError, match="delete it and promote again"):
        promoting._log(data, candidate)


def test_expired_parts_keep_their_judgement(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(data / "articles_new")
    assert main(["expire", "--days", "0", "--now", "2027-03-01T00:00:00+07:00", "--data", str(data)]) == 0
    before = contents(data)
    capsys.readouterr()
    assert main(["promote", "--data", str(data)]) == 0
    assert "1 expired part(s) keep their judgement" in capsys.readouterr().out
    assert contents(data) == before


def test_an_empty_folder_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["judge", "--recipe", "new"], ["promote"]):
        assert main([*command, "--data", str(tmp_path)]) == 2
        assert "holds no monitoring data yet" in capsys.readouterr().err


def test_a_candidate_of_an_earlier_training_is_dropped(data: Path) -> None:
    for kind in ("articles", "rejections"):
        shutil.copytree(next((data / f"{kind}_new").iterdir()), data / f"{kind}_new" / "0123456789ab")
    assert main(["judge", "--recipe", "new", "--data", str(data)]) == 0
    for kind in ("articles", "rejections"):
        assert [path.name for path in (data / f"{kind}_new").iterdir()] == [promoting.candidate_of(place_of(data)).recipe]


# --- the rule and the table, on frames


def judged(**labels: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    lists = {"programmes_related": [], "programmes_mentioned": [], "incidents": []}
    time = pd.Timestamp("2026-11-17T03:00:00Z")
    return row | lists | {"relevance": "corrections", "tone": "neutral", "version": 0, "dated_at": time} | labels


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def test_labels_are_compared_where_they_can_exist() -> None:
    old = frame(
        judged(key="a", incidents=["escape", "riot"]),
        judged(key="b", relevance="irrelevant", tone=None),
        judged(key="c"),
    )
    new = frame(
        judged(key="a", incidents=["riot", "escape"], tone="negative"),
        judged(key="b", relevance="irrelevant", tone=None),
        judged(key="d"),
    )
    pairs = paired(old, new)
    assert list(pairs["key"]) == ["a", "b", "c", "d"]
    found = agreement(pairs).set_index("field")
    assert list(found.loc["judged", ["articles", "changed"]]) == [4, 2]  # one was rejected anew, one no longer
    assert list(found.loc["relevance", ["articles", "changed"]]) == [2, 0]
    assert list(found.loc["tone", ["articles", "changed"]]) == [1, 1]  # an irrelevant article has none to agree on
    assert list(found.loc["incidents", ["articles", "changed"]]) == [1, 0]  # their order means nothing
    told = changes(pairs, {("a", "tone"): "negative"})
    assert [tuple(row) for row in told[["key", "field", "old", "new", "analyst"]].itertuples(index=False)] == [
        ("c", "judged", "yes", "no", ""),
        ("d", "judged", "no", "yes", ""),
        ("a", "tone", "neutral", "negative", "negative"),
    ]


def test_nothing_to_compare_is_an_empty_comparison() -> None:
    pairs = paired(frame(), frame())
    assert len(pairs) == 0
    assert agreement(pairs)["articles"].sum() == 0
    assert changes(pairs, {}).empty
    assert on_corrections(pairs, {("a", "tone"): "negative"}).empty


def test_the_newest_version_that_both_judged_is_compared() -> None:
    both = frame(judged(key="a", version=0), judged(key="a", version=1, tone="negative"))
    assert list(paired(both, both)["tone_new"]) == ["negative"]


def trial(*right: tuple[bool, bool], figures: dict[str, float] | None = None) -> Trial:
    rows = [(f"{number:016x}", "tone", "x", "", "", old, new, False) for number, (old, new) in enumerate(right)]
    columns = ["key", "field", "analyst", "old", "new", "old_right", "new_right", "learnt"]
    corrections = pd.DataFrame(rows, columns=columns).astype({"old_right": bool, "new_right": bool, "learnt": bool})
    pairs = paired(frame(judged(key="a")), frame(judged(key="a")))
    return Trial(
        "new", ("old",), 1, agreement(pairs), corrections, figures or {"tone accuracy": 0.8}, Floor("", {"tone accuracy": 0.7})
    )


def test_the_rule_tolerates_one_label_in_fifty() -> None:
    assert against(trial()) == []
    assert against(trial((False, True), (True, False))) == []
    assert "it has 0 right, what is in use 1; 0 fewer are tolerated" in against(trial((True, False)))[0]
    many = [(True, True)] * 98
    assert against(trial(*many, (True, False), (True, False))) == []
    assert against(trial(*many[:-1], *[(True, False)] * 3)) != []
    assert against(trial(figures={"tone accuracy": 0.69})) == ["below the floor: tone accuracy is 0.690, the floor 0.700"]
    assert against(trial(figures={"other": 1.0})) == ["below the floor: tone accuracy is no longer measured"]


def test_the_table_says_it_when_nobody_corrected() -> None:
    told = "\n".join(lines_of(trial()))
    assert "no person has corrected any" in told
    assert "it may be promoted" in told
    assert max(map(len, told.splitlines())) <= 100
