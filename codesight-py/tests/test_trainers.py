"""The trainers' own loaders take our exports as they are: of a recording of ours, and of what another tool recorded.

PyTorch and the trainers are gigabytes; `CODESIGHT_TRAINERS=1 scripts/python` installs them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import codesight_sdk as cs
import pytest


def drawn_trajectory(folder: Path) -> Path:
    """A task as AgentNet publishes it: a picture and a piece of code for each step."""
    image = pytest.importorskip("PIL.Image")
    draw = pytest.importorskip("PIL.ImageDraw")
    steps: list[dict[str, Any]] = []
    for number in range(12):
        picture = image.new("RGB", (1280, 800), (250, 250, 246))
        left, top = 40 + 90 * number, 60 + 50 * number
        pen = draw.Draw(picture)
        pen.rectangle((left, top, left + 160, top + 60), fill=(47, 111, 219))
        pen.text((left + 20, top + 24), f"Step {number + 1}", fill="white")
        picture.save(folder / f"step_{number}.png")
        x, y = (left + 80) / 1280, (top + 30) / 800
        code = f"pyautogui.click(x={x:.4f}, y={y:.4f})" if number % 3 else f"pyautogui.write(message='mugs {number}')"
        steps.append({"step_num": number, "image": f"step_{number}.png", "action": code, "milestone": False})
    task = {"task_id": "drawn", "user_task_description": "Press the blue boxes", "high_level_task_description": "Press them in order", "steps": steps, "meta_info": {}}
    (folder / "drawn.json").write_text(json.dumps(task))
    return folder


@pytest.fixture(scope="module", params=["recorded", "imported"])
def sessions(request: pytest.FixtureRequest, archives: Path, tmp_path_factory: pytest.TempPathFactory) -> cs.Dataset:
    """The demo's session, or a trajectory of another tool."""
    if request.param == "recorded":
        return cs.open(archives)
    folder = tmp_path_factory.mktemp("drawn")
    source = drawn_trajectory(folder)
    imported = cs.import_recordings(
        source, folder / "archives", purposes=["training"], consent="2026-01", key=bytes(32)
    )
    assert imported.format == "agentnet"
    return imported.sessions


def test_both_give_lines(sessions: cs.Dataset) -> None:
    lines = sessions[0].process().lines()
    assert len(lines) >= 10 and lines.validate().accepted, lines.validate().counts


def test_the_official_types(sessions: cs.Dataset) -> None:
    pytest.importorskip("openai")
    from openai.types.chat.completion_create_params import CompletionCreateParams
    from pydantic import TypeAdapter

    adapter = TypeAdapter(CompletionCreateParams)
    for line in sessions[0].process().lines().parsed():
        adapter.validate_python({**line, "model": "any"})


@pytest.mark.parametrize("format", ["huggingface", "trl"])
def test_datasets_loads_and_casts(sessions: cs.Dataset, tmp_path: Path, format: str) -> None:
    datasets = pytest.importorskip("datasets")
    cs.export(sessions, tmp_path / "out", format=format)  # type: ignore[arg-type]
    loaded = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    cast = loaded.cast(loaded.features)
    assert len(cast) >= 10 and cast[0]["images"][0].size == (1280, 800)


@pytest.mark.filterwarnings("default")
def test_trl_collates(sessions: cs.Dataset, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    trainer = pytest.importorskip("trl.trainer.sft_trainer")
    datasets = pytest.importorskip("datasets")
    from trl.data_utils import is_conversational

    cs.export(sessions, tmp_path / "out", format="trl")
    loaded = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert is_conversational(loaded[0])
    collate = trainer.DataCollatorForVisionLanguageModeling(small_processor())
    batch = collate([loaded[0], loaded[1]])
    assert batch["pixel_values"].shape[0] == 2 and batch["input_ids"].shape == batch["labels"].shape
    # Every picture has its places in the text, and what is learned is not empty.
    assert (batch["input_ids"] == collate.processor.tokenizer.convert_tokens_to_ids("<image>")).any(dim=1).all()
    assert (batch["labels"] != -100).any(dim=1).all()


def small_processor() -> Any:
    """A processor of a vision model with a small tokenizer of its own: nothing is downloaded."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPImageProcessor, LlavaProcessor, PreTrainedTokenizerFast

    letters = Tokenizer(models.BPE(unk_token="<unk>"))
    letters.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<unk>", "<pad>", "<eos>", "<image>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    letters.train_from_iterator(["click type scroll"], trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=letters, unk_token="<unk>", pad_token="<pad>", eos_token="<eos>", extra_special_tokens=["<image>"]
    )
    template = (
        "{% for message in messages %}{{ message['role'] }}: {% for part in message['content'] %}"
        "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}<eos>{% endfor %}"
    )
    image = CLIPImageProcessor(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56})
    return LlavaProcessor(
        image, tokenizer, patch_size=14, vision_feature_select_strategy="default", chat_template=template,
        num_additional_image_tokens=1,
    )  # fmt: skip


@pytest.mark.filterwarnings("default")
def test_llama_factory_loads(sessions: cs.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    loader = pytest.importorskip("llamafactory.data.loader")
    parser = pytest.importorskip("llamafactory.data.parser")
    from llamafactory.hparams import DataArguments, ModelArguments
    from transformers import Seq2SeqTrainingArguments

    cs.export(sessions, tmp_path / "out", format="llama-factory")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    (attributes,) = parser.get_dataset_list(["codesight_train"], str(tmp_path / "out"))
    data = DataArguments(dataset="codesight_train", dataset_dir=str(tmp_path / "out"), media_dir=str(tmp_path / "out"))
    training = Seq2SeqTrainingArguments(output_dir=str(tmp_path / "none"), report_to=[])
    model = ModelArguments(model_name_or_path="none", cache_dir=str(tmp_path / "cache"))
    aligned = loader._load_single_dataset(attributes, model, data, training)
    assert len(aligned) >= 10
    for row in aligned:
        assert [message["role"] for message in row["_prompt"]] == ["user"]
        assert [message["role"] for message in row["_response"]] == ["assistant"]
        assert row["_prompt"][0]["content"].count("<image>") == len(row["_images"]) == 1
        assert Path(row["_images"][0]).is_file(), row["_images"]
        assert json.loads(row["_response"][0]["content"])["actions"]


@pytest.mark.filterwarnings("default")
def test_swift_parses(sessions: cs.Dataset, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    try:
        from swift.llm import load_dataset
    except ImportError:
        try:
            from swift.dataset import load_dataset
        except ImportError:
            pytest.skip("ms-swift is not installed")
    cs.export(sessions, tmp_path / "out", format="openai")
    loaded, _ = load_dataset([str(tmp_path / "out/train.jsonl")], num_proc=1, strict=True)
    assert len(loaded) >= 10
    row = loaded[0]
    assert [message["role"] for message in row["messages"]][-1] in ("assistant", "tool_call")
    assert len(row["images"]) == 1


def place(item: object) -> tuple[str, int]:
    """Where an item comes from; at the module's level, so that workers can be given it."""
    return item.session_id, item.seq  # type: ignore[attr-defined]


# More workers than processors are what this is about.
@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
def test_torch_reads_every_line_once_over_workers_and_ranks(
    sessions: cs.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    from codesight_sdk.torch import SessionItems, SessionStream

    dataset = cs.Dataset([*sessions._locations] * 5)
    lines = len(sessions[0].process().lines())
    items = SessionItems(dataset, transform=place)
    assert len(items) == 5 * lines and items[0] == items[lines]
    shuffled = torch.utils.data.DataLoader(items, batch_size=None, shuffle=True, num_workers=2)
    assert len(list(shuffled)) == 5 * lines
    for workers in (0, 2, 3):
        loader = torch.utils.data.DataLoader(SessionStream(dataset, transform=place), batch_size=None, num_workers=workers)
        assert sorted(map(tuple, loader)) == sorted([*map(tuple, map(items.__getitem__, range(len(items))))])
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 2)
    seen: list[tuple[str, int]] = []
    for rank in range(2):
        monkeypatch.setattr(torch.distributed, "get_rank", lambda rank=rank: rank)
        seen += list(SessionStream(dataset, transform=place))
    assert len(seen) == 5 * lines
