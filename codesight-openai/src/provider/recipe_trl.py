"""Trains a vision model on the lines beside this file with TRL."""

import base64
import io
import json

from datasets import Dataset
from peft import LoraConfig
from PIL import Image
from trl import SFTConfig, SFTTrainer

MODEL = "@MODEL@"
EPOCHS = "@EPOCHS@"
VALIDATED = "@VALIDATED@"


def row(line):
    """TRL's columns: pictures in a list of their own, arguments of calls as objects."""
    example = json.loads(line)
    images = []
    for message in example["messages"]:
        if isinstance(message.get("content"), list):
            parts = []
            for part in message["content"]:
                if part["type"] == "image_url":
                    packed = part["image_url"]["url"].split(";base64,", 1)[1]
                    images.append(Image.open(io.BytesIO(base64.b64decode(packed))).convert("RGB"))
                    parts.append({"type": "image"})
                else:
                    parts.append(part)
            message["content"] = parts
        for call in message.get("tool_calls") or []:
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return {"messages": example["messages"], "images": images, "tools": example.get("tools")}


def rows(path):
    with open(path, encoding="utf-8-sig") as lines:
        return Dataset.from_list([row(line) for line in lines if line.strip()])


trainer = SFTTrainer(
    model=MODEL,
    args=SFTConfig(output_dir="output", num_train_epochs=EPOCHS, max_length=None, per_device_train_batch_size=1,
                   gradient_accumulation_steps=8, gradient_checkpointing=True, bf16=True, logging_steps=1, save_strategy="epoch"),
    train_dataset=rows("lines.jsonl"),
    eval_dataset=rows("validation.jsonl") if VALIDATED else None,
    peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear"),
)
trainer.train()
trainer.save_model("output")
trainer.save_state()
