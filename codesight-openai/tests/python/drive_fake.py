"""The provider's own Python client drives the stand-in: what it accepts there, it would accept from the service.

    python drive_fake.py FAKE_SERVICE_PROGRAM

Needs the package `openai`. No call leaves the machine.
"""

import csv
import hashlib
import io
import json
import subprocess
import sys

import openai


def main():
    program = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        drive(program.stdout.readline().strip())
    finally:
        program.stdin.close()
        program.wait(timeout=10)
    print(f"openai {openai.__version__} and the stand-in agree")


def drive(base_url):
    client = openai.OpenAI(api_key="sk-fake-0000", base_url=base_url)
    lines = b'{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}\n' * 12

    # Two limits are waited out, in both forms.
    file = client.files.create(file=("lines.jsonl", lines), purpose="fine-tune")
    assert (file.bytes, file.purpose, file.status) == (len(lines), "fine-tune", "processed"), file
    assert client.files.retrieve(file.id).filename == "lines.jsonl"
    assert client.files.content(file.id).read() == lines
    assert [known.id for known in client.files.list(purpose="fine-tune")] == [file.id]

    upload = client.uploads.create(filename="big.jsonl", purpose="fine-tune", bytes=len(lines), mime_type="text/jsonl")
    halves = lines[:500], lines[500:]
    parts = [client.uploads.parts.create(upload_id=upload.id, data=half).id for half in halves]
    done = client.uploads.complete(upload.id, part_ids=parts, md5=hashlib.md5(lines).hexdigest())
    assert done.status == "completed" and client.files.content(done.file.id).read() == lines
    refused(openai.BadRequestError, lambda: client.uploads.complete(upload.id, part_ids=parts))

    # The reply to the first creation is lost: this client sends it again, and two jobs exist. CodeSight's own does not.
    method = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}
    job = client.fine_tuning.jobs.create(model="gpt-4.1-2025-04-14", training_file=file.id, method=method,
                                         suffix="shop", seed=7, metadata={"codesight_run_id": "run-1"})
    assert len(list(client.fine_tuning.jobs.list(metadata={"codesight_run_id": "run-1"}))) == 2
    assert not list(client.fine_tuning.jobs.list(metadata={"codesight_run_id": "run-2"}))

    statuses = []
    while not statuses or statuses[-1] not in ("succeeded", "failed", "cancelled"):
        job = client.fine_tuning.jobs.retrieve(job.id)
        statuses.append(job.status)
    assert statuses == ["validating_files", "queued", "running", "running", "succeeded"], statuses
    events = list(client.fine_tuning.jobs.list_events(job.id, limit=2))
    assert len(events) == 6 and events[-1].message == "Created fine-tuning job", events
    assert len(client.fine_tuning.jobs.checkpoints.list(job.id).data) == 3
    table = list(csv.DictReader(io.StringIO(client.files.content(job.result_files[0]).text)))
    assert len(table) == 36 and float(table[-1]["train_loss"]) < float(table[0]["train_loss"])
    assert client.models.retrieve(job.fine_tuned_model).id == job.fine_tuned_model
    refused(openai.BadRequestError, lambda: client.fine_tuning.jobs.cancel(job.id))
    refused(openai.NotFoundError, lambda: client.fine_tuning.jobs.retrieve("ftjob-unknown"))

    answer = client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "hi"}])
    assert answer.choices[0].message.content == "{}" and answer.usage.total_tokens > 20
    request = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
               "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": "hi"}]}}
    stored = client.files.create(file=("requests.jsonl", json.dumps(request).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=stored.id, endpoint="/v1/chat/completions", completion_window="24h")
    while batch.status != "completed":
        batch = client.batches.retrieve(batch.id)
    assert json.loads(client.files.content(batch.output_file_id).text)["custom_id"] == "a"
    spoken = client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"RIFF say:too dear"),
                                                response_format="verbose_json")
    assert spoken.text == "too dear" and spoken.segments[0].start == 0.5

    wrong = openai.OpenAI(api_key="sk-other", base_url=base_url)
    refused(openai.AuthenticationError, wrong.models.list)
    assert client.files.delete(file.id).deleted


def refused(kind, call):
    try:
        call()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


main()
