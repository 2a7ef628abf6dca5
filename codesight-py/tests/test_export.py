"""Exports, and what their readers say of them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import codesight_sdk as cs
import pytest


def computer_actions(answer: str) -> list[dict[str, object]]:
    return json.loads(answer)["actions"]


def test_openai_lines_are_the_pipelines(archives: Path, tmp_path: Path, session: cs.Session) -> None:
    written = cs.export(cs.open(archives), tmp_path / "out")
    assert written.files == ("train.jsonl",) and not written.failures
    assert (tmp_path / "out/train.jsonl").read_bytes() == session.process().lines().data
    assert written.items == {"train": len(session.process().lines())}
    with pytest.raises(FileExistsError):
        cs.export(cs.open(archives), tmp_path / "out")
    with pytest.raises(cs.InvalidError):
        cs.export(cs.open(archives), tmp_path / "other", format="word")  # type: ignore[arg-type]
    assert not (tmp_path / "other").exists() and len(list(tmp_path.iterdir())) == 1


def test_one_bad_archive_does_not_end_an_export(mixed: Path, tmp_path: Path) -> None:
    written = cs.export(cs.open(mixed), tmp_path / "out", format="llama-factory")
    assert sorted(Path(failure.uri).name for failure in written.failures) == ["3.zip", "4.zip"]
    assert written.items["train"] % 3 == 0 and written.items["train"] > 0


def test_least_training_value(archives: Path, tmp_path: Path, session: cs.Session) -> None:
    values = sorted(example["trainingValue"] for example in session.process().examples)
    middle = values[len(values) // 2]
    written = cs.export(cs.open(archives), tmp_path / "out", min_value=middle)
    assert written.items["train"] == sum(value >= middle for value in values) < len(values)


def test_a_split_keeps_names_together(archive: Path) -> None:
    dataset = cs.open(archive)
    many = cs.Dataset([*dataset._locations] * 4)
    sides = cs.split(many, validation=0.5, by="site")
    assert {len(sides.train), len(sides.validation)} == {0, 4}
    assert len(cs.split(many, validation=0.0).train) == 4 and len(cs.split(many, validation=1.0).train) == 0
    with pytest.raises(ValueError):
        cs.split(many, validation=2.0)


def test_llama_factory_counts_pictures_by_placeholders(archives: Path, tmp_path: Path) -> None:
    cs.export(cs.open(archives), tmp_path / "out", format="llama-factory")
    info = json.loads((tmp_path / "out/dataset_info.json").read_text())
    rows = json.loads((tmp_path / "out" / info["codesight_train"]["file_name"]).read_text())
    image = pytest.importorskip("PIL.Image")
    for row in rows:
        said = "".join(message["content"] for message in row["messages"])
        assert said.count("<image>") == len(row["images"]) == 1
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
        with image.open(tmp_path / "out" / row["images"][0]) as picture:
            for action in computer_actions(row["messages"][1]["content"]):
                if "x" in action:
                    assert 0 <= action["x"] < picture.width and 0 <= action["y"] < picture.height


@pytest.mark.parametrize("format", ["huggingface", "trl"])
def test_the_hubs_library_loads_it(archives: Path, tmp_path: Path, format: str, session: cs.Session) -> None:
    datasets = pytest.importorskip("datasets")
    written = cs.export(cs.open(archives), tmp_path / "out", format=format)  # type: ignore[arg-type]
    assert "README.md" in written.files
    loaded = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert len(loaded) == written.items["train"] == len(session.process().lines())
    assert loaded.features["images"].feature == datasets.Image()
    cast = loaded.cast(loaded.features)
    frames = {example["seq"]: session.frames[example["frame"]["hash"]] for example in session.process().examples}
    for row, frame in zip(cast, frames.values(), strict=True):
        assert row["images"][0].size == (frame.width, frame.height)
        kinds = [part["type"] for message in row["messages"] for part in message["content"]]
        assert kinds == ["text", "image", "text", "text"]
    if format == "huggingface":
        assert loaded["seq"] == list(frames) and min(loaded["training_value"]) >= 0
    else:
        assert loaded.column_names == ["messages", "images"]


def test_row_groups_stay_small(archives: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    from codesight_sdk.writers import parquet

    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 5)
    monkeypatch.setattr(parquet, "SHARD_BYTES", 1)
    cs.export(cs.open(archives), tmp_path / "out", format="huggingface")
    files = sorted((tmp_path / "out/data").iterdir())
    assert len(files) > 2 and files[0].name == f"train-00000-of-{len(files):05d}.parquet"
    for file in files:
        metadata = pq.ParquetFile(file).metadata
        assert all(metadata.row_group(at).num_rows <= 5 for at in range(metadata.num_row_groups))
        columns = {metadata.row_group(0).column(at).path_in_schema: metadata.row_group(0).column(at).compression for at in range(metadata.num_columns)}
        assert columns["images.list.element.bytes"] == "UNCOMPRESSED" and columns["goal"] == "SNAPPY"


def test_pictures_survive(archives: Path, tmp_path: Path, session: cs.Session) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    image = pytest.importorskip("PIL.Image")
    cs.export(cs.open(archives), tmp_path / "out", format="trl")
    (file,) = (tmp_path / "out/data").iterdir()
    stored = pq.read_table(file).column("images").to_pylist()
    first = session.frames[session.process().examples[0]["frame"]["hash"]]
    assert stored[0][0]["bytes"] == first.image
    assert image.open(io.BytesIO(stored[0][0]["bytes"])).format == "WEBP"


def test_what_an_extra_brings_is_named(archives: Path, tmp_path: Path) -> None:
    program = f"""
import sys, warnings
warnings.simplefilter("ignore")
for name in ("pyarrow", "numpy", "PIL", "tqdm"):
    sys.modules[name] = None
import codesight_sdk as cs
dataset = cs.open({str(archives)!r})
for use in (
    lambda: cs.export(dataset, {str(tmp_path / "none")!r}, format="trl"),
    lambda: dataset[0].frames[0].to_numpy(),
    lambda: dataset[0].frames[0].to_pil(),
    lambda: list(dataset.sessions(progress=True)),
):
    try:
        use()
    except cs.MissingExtraError as error:
        print(error)
"""
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.count("pip install 'codesight-sdk[") == 4, said
