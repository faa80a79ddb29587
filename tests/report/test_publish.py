"""The week's folder on disk: whole or not at all, untouched when nothing changed, and a person's files kept."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline.report.csv import to_csv_bytes
from pipeline.report.manifest import MANIFEST as NAME
from pipeline.report.manifest import manifest_bytes
from pipeline.report.publish import publish as publish_files

TABLE = pd.DataFrame({"judul": ["Panen raya"], "n": [1]})
OTHER = pd.DataFrame({"judul": ["Panen raya", "Razia"], "n": [1, 2]})
MANIFEST = {
    "week": "2026-W47",
    "window_wib": ["2026-11-16T00:00:00+07:00", "2026-11-23T00:00:00+07:00"],
    "inputs": [{"part": "ingested=2026-11-20/part-1.parquet", "sha256": "ab"}],
}


def publish(folder, tables, manifest, derived=()):
    files = {f"{name}.csv": to_csv_bytes(table) for name, table in tables.items()}
    rows = {f"{name}.csv": len(table) for name, table in tables.items()}
    return publish_files(folder, {**files, NAME: manifest_bytes(manifest, files, rows)}, derived)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "reports" / "2026-W47"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def stamps(folder):
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}


def test_files_and_manifest(folder):
    assert publish(folder, {"01_ringkasan": TABLE, "02_program": OTHER}, MANIFEST) is True
    assert names(folder) == ["01_ringkasan.csv", "02_program.csv", "manifest.json"]
    assert names(folder.parent) == ["2026-W47"], "no hidden folder is left"
    raw = (folder / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(raw)
    assert raw.endswith("}\n")
    assert list(manifest) == sorted(manifest)
    assert manifest["week"] == "2026-W47"
    assert manifest["format_version"] == 4
    assert manifest["window_utc"] == ["2026-11-15T17:00:00+00:00", "2026-11-22T17:00:00+00:00"]
    content = (folder / "02_program.csv").read_bytes()
    assert content == to_csv_bytes(OTHER)
    assert manifest["files"]["02_program.csv"] == {"rows": 2, "sha256": hashlib.sha256(content).hexdigest()}
    assert str(folder.parent) not in raw, "no absolute path"


def test_the_same_content_leaves_every_file_untouched(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    before = stamps(folder)
    assert publish(folder, {"01_ringkasan": TABLE}, dict(reversed(MANIFEST.items()))) is False
    assert stamps(folder) == before


def test_a_change_replaces_the_folder(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    assert publish(folder, {"01_ringkasan": OTHER}, MANIFEST) is True
    assert (folder / "01_ringkasan.csv").read_bytes() == to_csv_bytes(OTHER)
    assert names(folder) == ["01_ringkasan.csv", "manifest.json"], "the old table was ours and unedited: no copy of it"
    assert names(folder.parent) == ["2026-W47"]


def test_a_change_of_the_manifest_alone_is_a_change(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    assert publish(folder, {"01_ringkasan": TABLE}, {**MANIFEST, "complete": True}) is True


def test_a_table_that_is_no_longer_written_goes(folder):
    publish(folder, {"01_ringkasan": TABLE, "08_lama": TABLE}, MANIFEST)
    assert publish(folder, {"01_ringkasan": TABLE}, MANIFEST) is True
    assert names(folder) == ["01_ringkasan.csv", "manifest.json"]


@pytest.mark.parametrize("changed", [False, True])
def test_leftovers_of_a_crash_before_the_swap_are_cleaned(folder, changed):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    half = folder.with_name(".2026-W47.new")
    half.mkdir()
    (half / "01_ringkasan.csv").write_text("setengah", encoding="utf-8")
    assert publish(folder, {"01_ringkasan": OTHER if changed else TABLE}, MANIFEST) is changed
    assert names(folder.parent) == ["2026-W47"]


def test_a_crash_between_the_two_renames_is_mended(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    before = stamps(folder)
    folder.rename(folder.with_name(".2026-W47.old"))
    folder.with_name(".2026-W47.new").mkdir()
    assert publish(folder, {"01_ringkasan": TABLE}, MANIFEST) is False
    assert stamps(folder) == before, "the moved-away folder came back as it was"
    assert names(folder.parent) == ["2026-W47"]


def test_a_crash_after_the_swap_keeps_what_a_person_wrote(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    (folder / "catatan-humas.txt").write_text("penting", encoding="utf-8")
    old = folder.with_name(".2026-W47.old")
    folder.rename(old)
    publish(folder.with_name("tmp"), {"01_ringkasan": OTHER}, MANIFEST)
    folder.with_name("tmp").rename(folder)
    assert publish(folder, {"01_ringkasan": OTHER}, MANIFEST) is False
    assert names(folder) == ["01_ringkasan.csv", "catatan-humas.txt", "manifest.json"]
    assert names(folder.parent) == ["2026-W47"]


@pytest.mark.parametrize("failing", ["first", "second"])
def test_a_failing_rename_loses_nothing(folder, monkeypatch, failing):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    (folder / "catatan-humas.txt").write_text("penting", encoding="utf-8")
    rename = Path.rename

    def broken(self, target):
        if self.name == ("2026-W47" if failing == "first" else ".2026-W47.new"):
            raise OSError("disk")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", broken)
        with pytest.raises(OSError, match="disk"):
            publish(folder, {"01_ringkasan": OTHER}, MANIFEST)
    assert publish(folder, {"01_ringkasan": OTHER}, MANIFEST) is True
    assert names(folder) == ["01_ringkasan.csv", "catatan-humas.txt", "manifest.json"]
    assert (folder / "01_ringkasan.csv").read_bytes() == to_csv_bytes(OTHER)


def test_files_and_folders_of_a_person_stay(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    (folder / "rekap.xlsx").write_bytes(b"xlsx")
    (folder / "lampiran").mkdir()
    (folder / "lampiran" / "foto.txt").write_text("foto", encoding="utf-8")
    stamp = (folder / "rekap.xlsx").stat().st_mtime_ns
    publish(folder, {"01_ringkasan": OTHER}, MANIFEST)
    assert names(folder) == ["01_ringkasan.csv", "lampiran", "manifest.json", "rekap.xlsx"]
    assert (folder / "rekap.xlsx").stat().st_mtime_ns == stamp
    assert (folder / "lampiran" / "foto.txt").read_text(encoding="utf-8") == "foto"


def test_an_edited_table_is_kept_beside_the_new_one(folder):
    publish(folder, {"04_negatif": TABLE}, MANIFEST)
    edited = to_csv_bytes(TABLE) + b"ditangani,1\r\n"
    (folder / "04_negatif.csv").write_bytes(edited)
    assert publish(folder, {"04_negatif": TABLE}, MANIFEST) is True
    assert (folder / "04_negatif.csv").read_bytes() == to_csv_bytes(TABLE)
    kept = [path for path in folder.iterdir() if "suntingan" in path.name]
    assert [path.read_bytes() for path in kept] == [edited]
    publish(folder, {"04_negatif": OTHER}, MANIFEST)
    assert kept[0].read_bytes() == edited, "it outlives later runs"
    assert publish(folder, {"04_negatif": OTHER}, MANIFEST) is False


def test_a_broken_manifest_is_no_obstacle(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    (folder / "manifest.json").write_text('{"files": [1]}', encoding="utf-8")
    assert publish(folder, {"01_ringkasan": TABLE}, MANIFEST) is True
    assert names(folder) == ["01_ringkasan.csv", "manifest.json"]


def test_what_is_made_of_the_files_goes_with_them(folder):
    publish(folder, {"01_ringkasan": TABLE}, MANIFEST)
    (folder / "laporan.pdf").write_bytes(b"pdf")
    assert publish(folder, {"01_ringkasan": TABLE}, MANIFEST, ("laporan.pdf",)) is False
    assert (folder / "laporan.pdf").exists(), "it still tells of these figures"
    assert publish(folder, {"01_ringkasan": OTHER}, MANIFEST, ("laporan.pdf",)) is True
    assert names(folder) == ["01_ringkasan.csv", "manifest.json"]
