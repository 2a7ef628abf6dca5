"""Training and evaluation: against the stand-in for a training service, and against one that answers questions."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import codesight_sdk as cs
import pytest
from codesight_sdk.display import evaluation_html
from conftest import REPOSITORY
from test_display import harmless

sys.path.insert(0, str(REPOSITORY / "examples/notebooks/support"))
from stand_in import serve  # noqa: E402

KEY = "sk-fake-0000"
MODEL = "gpt-4o-2024-08-06"
QUICK = (0.05, 0.2)


@pytest.fixture(scope="module")
def fake(fake_service_program: Path) -> Iterator[str]:
    """The training service's stand-in. Its first upload meets two limits, its first job's reply is lost."""
    with subprocess.Popen([fake_service_program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None and running.stdin is not None
        yield running.stdout.readline().strip()
        running.stdin.close()
        running.wait(timeout=30)


def test_train_once_and_again(fake: str, session: cs.Session, tmp_path: Path) -> None:
    service = cs.Service("openai", key=KEY, base_url=fake, folder=tmp_path)
    events: list[cs.TrainingEvent] = []
    statuses: list[str] = []
    uploaded: list[tuple[int, int]] = []
    job = service.train(
        session,
        model=MODEL,
        run="python-run",
        epochs=2,
        on_event=events.append,
        on_status=statuses.append,
        every=QUICK,
        progress=lambda done, total: uploaded.append((done, total)),
    )
    assert job.ended and job.status == "succeeded" and job.model and job.error is None
    assert job.run == "python-run" and job.metrics["trainedTokens"] > 0
    assert statuses[-1] == "succeeded" and len(statuses) >= 2
    assert len({event.id for event in events}) == len(events) >= 2 and events[0].at.tzinfo is not None
    assert uploaded and uploaded[-1][0] == uploaded[-1][1] == len(session.process().lines().data)
    again = service.train(session, model=MODEL, run="python-run", every=QUICK)
    assert again.id == job.id and service.job(job) == again == service.cancel(job)
    assert KEY not in repr(service)


def test_train_with_asyncio_in_two_loops(fake: str, session: cs.Session) -> None:
    service = cs.AsyncService("openai", key=KEY, base_url=fake)

    async def work(run: str) -> cs.TrainingJob:
        file = await service.upload(session.process().lines())
        job = await service.start(file, model=MODEL, run=run)
        ended, seen = await asyncio.gather(service.monitor(job, every=QUICK), service.job(job))
        assert seen.id == ended.id
        return ended

    first, second = asyncio.run(work("loop-1")), asyncio.run(work("loop-2"))
    assert first.status == second.status == "succeeded" and first.id != second.id


def test_what_is_refused_is_not_sent(fake: str, tmp_path: Path) -> None:
    service = cs.Service("openai", key=KEY, base_url=fake)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"messages": []}\n')
    with pytest.raises(cs.InvalidError) as caught:
        service.train(bad, model=MODEL)
    assert "too-few-examples" in caught.value.context
    with pytest.raises(FileNotFoundError):
        service.upload(tmp_path / "none.jsonl")
    with pytest.raises(cs.NotFoundError):
        service.job("ftjob-none")
    with pytest.raises(cs.UnauthenticatedError) as refused:
        cs.Service("openai", key="sk-wrong", base_url=fake).job("ftjob-none")
    assert "sk-wrong" not in str(refused.value)
    with pytest.raises(cs.InvalidError):
        cs.Service("nobody")
    with pytest.raises(cs.InvalidError):
        cs.Service("openai", profile={"no such field": 1})


def test_what_a_function_raises_comes_out(fake: str, session: cs.Session) -> None:
    service = cs.Service("openai", key=KEY, base_url=fake)

    def refuse(*_: object) -> None:
        raise LookupError("stop")

    job = service.start(service.upload(session), model=MODEL, run="raises")
    with pytest.raises(LookupError):
        service.monitor(job, on_event=refuse, every=QUICK)
    assert service.monitor(job, every=QUICK).status == "succeeded"


def answers(lines: cs.Lines) -> dict[str, list[dict[str, Any]]]:
    """What the person did, by the last message of the question."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines.parsed():
        *question, answer = line["messages"]
        found[json.dumps(question, sort_keys=True)] = json.loads(answer["tool_calls"][0]["function"]["arguments"])["actions"]
    return found


def test_evaluate(session: cs.Session, tmp_path: Path) -> None:
    lines = session.process().lines()
    known = answers(lines)

    def answer(model: str, messages: list[dict[str, Any]]) -> list[dict[str, Any]] | str:
        actions = known[json.dumps(messages, sort_keys=True)]
        if model == "talker":
            return "<script>alert(1)</script> I would look around first."
        if model == "shifted":
            return [{**one, "x": one["x"] + 300} if "x" in one else one for one in actions]
        return actions

    told: list[tuple[int, int]] = []
    url = serve(answer)
    service = cs.Service("vllm", base_url=url)
    models = ["shifted", "perfect", "talker"]
    evaluation = service.evaluate(
        lines, models=models, steps=20, progress=lambda done, total: told.append((done, total))
    )
    with pytest.raises(ZeroDivisionError):
        service.evaluate(lines, models=["perfect"], steps=3, progress=lambda done, total: 1 // 0)
    in_a_loop = asyncio.run(cs.AsyncService("vllm", base_url=url).evaluate(session, models=["perfect"], steps=3))
    assert in_a_loop.models[0].success.value == 1.0
    shifted, perfect, talker = evaluation.models
    assert [one.model for one in evaluation.models] == models and told[-1] == (60, 60)
    assert perfect.steps == 20 and perfect.success.value == 1.0 and talker.valid.value == 0.0
    assert 0 < shifted.success.value < 1 and shifted.type_accuracy.value == 1.0
    assert evaluation.comparisons[0]["onlyBaseline"] == 0 and not evaluation.left_out
    golden = evaluation.golden()
    assert evaluation.changes(golden) == {}
    with pytest.raises(cs.InvalidError):
        evaluation.changes(b"{}")
    folder = evaluation.save(tmp_path / "report")
    assert json.loads((folder / "report.json").read_text())["models"][0]["model"] == "shifted"
    page = (folder / "report.html").read_text()
    assert "<script" not in page and "shifted" in page
    harmless(evaluation_html(evaluation))
    with pytest.raises(cs.InvalidError):
        service.evaluate(cs.Lines(b'{"messages": []}\n'), models=["perfect"])
    with pytest.raises(cs.InvalidError):
        service.evaluate(lines, models=[])


def test_a_service_that_is_away(session: cs.Session) -> None:
    service = cs.Service("vllm", base_url="http://127.0.0.1:1/v1")
    evaluation = service.evaluate(session.process().lines(), models=["gone"], steps=1)
    (step,) = evaluation.report["models"][0]["steps"]
    assert step["error"] == "unavailable" and evaluation.models[0].success.value == 0.0
