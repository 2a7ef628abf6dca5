"""The trainers' own readers, each as a function of what was exported: it returns how many rows it took, or raises.

What is not installed skips the test and says so. Nothing is downloaded: models are never opened, and the processors that
loaders want are made here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

#: More than a line has in the letters of the small tokenizer: nothing may be cut off unseen.
LONGEST = 1 << 18


def named(*packages: str) -> str:
    """Names and versions, for what the tests tell."""
    return ", ".join(f"{package} {version(package)}" for package in packages)


def need(*modules: str) -> None:
    """Skips where a judge is not installed."""
    for module in modules:
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed (CODESIGHT_TRAINERS=1 scripts/python installs the trainers)")


def openai_types(lines: Iterable[Mapping[str, Any]]) -> int:
    """OpenAI's own types take a line as the beginning of a request."""
    from openai.types.chat.completion_create_params import CompletionCreateParams
    from pydantic import TypeAdapter

    adapter = TypeAdapter(CompletionCreateParams)
    return sum(bool(adapter.validate_python({**line, "model": "any"})) for line in lines)


def load_and_cast(folder: Path, cache: Path) -> Any:
    """The library ``datasets`` loads a folder and casts it to the features that it says it has."""
    import datasets

    loaded = datasets.load_dataset(str(folder), split="train", cache_dir=str(cache))
    return loaded.cast(loaded.features)


def trl(rows: Sequence[Mapping[str, Any]], *, at_once: int = 4) -> int:
    """TRL knows conversations with pictures, and its collator makes batches of them in which something is learned."""
    from trl.data_utils import is_conversational
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    collate = DataCollatorForVisionLanguageModeling(small_processor())
    image = collate.processor.tokenizer.convert_tokens_to_ids("<image>")
    taken = 0
    for first in range(0, len(rows), at_once):
        part = [rows[at] for at in range(first, min(first + at_once, len(rows)))]
        assert all(is_conversational(row) for row in part)
        batch = collate(part)
        assert batch["pixel_values"].shape[0] == len(part)
        assert batch["input_ids"].shape == batch["labels"].shape
        # Every picture has its places in the text, and what is learned is not empty.
        assert (batch["input_ids"] == image).any(dim=1).all() and (batch["labels"] != -100).any(dim=1).all()
        taken += len(part)
    return taken


def llama_factory(folder: Path, name: str, cache: Path) -> int:
    """LLaMA-Factory finds the dataset in ``dataset_info.json``, aligns it, puts the pictures into the text, and learns the
    answers and nothing else."""
    from llamafactory.data import get_template_and_fix_tokenizer, loader, parser
    from llamafactory.hparams import DataArguments, ModelArguments
    from transformers import Seq2SeqTrainingArguments

    processor = small_processor()
    data = DataArguments(
        dataset=name, dataset_dir=str(folder), media_dir=str(folder), template="llava", cutoff_len=LONGEST
    )
    model = ModelArguments(model_name_or_path="none", cache_dir=str(cache))
    training = Seq2SeqTrainingArguments(output_dir=str(cache / "none"), report_to=[], use_cpu=True)
    (attributes,) = parser.get_dataset_list([name], str(folder))
    aligned = loader._load_single_dataset(attributes, model, data, training)
    for row in aligned:
        assert [message["role"] for message in row["_prompt"]] == ["user"]
        assert [message["role"] for message in row["_response"]] == ["assistant"]
        assert row["_prompt"][0]["content"].count("<image>") == len(row["_images"]) == 1
        assert Path(row["_images"][0]).is_file(), row["_images"]
    template = get_template_and_fix_tokenizer(processor.tokenizer, data)
    made = loader.get_dataset(
        template, model, data, training, "sft", tokenizer=processor.tokenizer, processor=processor
    )["train_dataset"]
    assert len(made) == len(aligned)
    for row, learned in zip(aligned, made, strict=True):
        answer = [token for token in learned["labels"] if token != -100]
        assert processor.tokenizer.decode(answer, skip_special_tokens=True).strip() == row["_response"][0]["content"].strip()
    return len(made)


def swift(file: Path) -> int:
    """ms-swift's loader, which drops a row that it does not understand unless it is strict, and its parser of rows."""
    from swift.dataset import load_dataset
    from swift.template import StdTemplateInputs

    loaded, _ = load_dataset([str(file)], num_proc=1, strict=True, load_from_cache_file=False)
    for row in loaded:
        parsed = StdTemplateInputs.from_dict(row)
        assert parsed.system and len(parsed.images) == 1, parsed
        assert [message["role"] for message in parsed.messages][0] == "user"
        assert parsed.messages[-1]["role"] in ("assistant", "tool_call")
    return len(loaded)


def rows_of(file: Path) -> int:
    """How many rows a file has: a line each, or one list."""
    text = file.read_text(encoding="utf-8")
    return len(json.loads(text)) if text.startswith("[") else text.count("\n")


def small_processor() -> Any:
    """A processor of a vision model with a small tokenizer of its own."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from tokenizers.decoders import ByteLevel
    from transformers import CLIPImageProcessor, LlavaProcessor, PreTrainedTokenizerFast

    letters = Tokenizer(models.BPE(unk_token="<unk>"))
    letters.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters.decoder = ByteLevel()
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


def offline(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """No judge asks a hub, and what it caches ends with the test. Set before a judge is imported for the first time."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(cache / "datasets"))
    monkeypatch.setenv("MODELSCOPE_CACHE", str(cache / "modelscope"))
    if "datasets" in sys.modules:
        monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", cache / "datasets")
