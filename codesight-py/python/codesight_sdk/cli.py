"""The command ``codesight-sdk``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import codesight_sdk as cs

#: What a command answers: a value for programs, a text for people, and whether all is well.
Answer = tuple[Any, str, bool]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Ends with 0 when all is well, 1 when something was found wrong, 2 when the command could not be
    carried out, 130 when it was interrupted."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], Answer] = chosen.command
    try:
        value, text, well = command(chosen)
    except cs.CodeSightError as error:
        told = {"error": {"code": error.code, "message": str(error), "context": error.context}}
        if chosen.json:
            print(json.dumps(told))
        else:
            print(f"codesight-sdk: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    try:
        print(json.dumps(value, indent=2) if chosen.json else text, flush=True)
    except BrokenPipeError:
        # Whoever read has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if well else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="codesight-sdk", description="Recorded web sessions on the command line")
    parser.add_argument("--version", action="version", version=cs.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], Answer], words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.add_argument("--json", action="store_true", help="answer for programs")
        added.set_defaults(command=command)
        return added

    inspect = add("inspect", _inspect, "say what is in sessions")
    inspect.add_argument("uri", help="an archive, a folder, or a bucket")
    _store(inspect)
    lint = add("lint", _lint, "list the findings of sessions; ends with 1 when one is an error")
    lint.add_argument("uri", help="an archive, a folder, or a bucket")
    _store(lint)
    verify = add("verify", _verify, "read every byte of archives and compare it with their manifests")
    verify.add_argument("uri", help="an archive, a folder, or a bucket")
    _store(verify)
    validate = add("validate", _validate, "judge training lines by a service's rules")
    validate.add_argument("file", help="a file of lines")
    validate.add_argument("--provider", default="openai", choices=cs.providers())
    validate.add_argument("--model", help="count tokens for this model")
    validate.add_argument("--tokens", action="store_true", help="count every token exactly")
    imported = add("import", _import, "mask recordings, process them, and archive them")
    imported.add_argument("recording", help="a file of wire messages, or what another tool recorded")
    imported.add_argument("--format", choices=["codesight", *cs.importers()], help="recognised unless given")
    imported.add_argument("--purpose", action="append", default=[], help="what the people agreed to, such as training")
    imported.add_argument("--consent", default="not-told", help="version of the text they agreed to")
    imported.add_argument("target", help="the folder for the archive")
    imported.add_argument("--tenant", default="local")
    export = add("export", _export, "write sessions in a trainer's format")
    export.add_argument("uri", help="an archive, a folder, or a bucket")
    export.add_argument("target", help="a folder that is not there yet")
    export.add_argument("--format", default="openai", choices=["openai", "huggingface", "trl", "llama-factory"])
    export.add_argument("--validation", type=float, default=0.0, help="share of sites held out")
    export.add_argument("--min-value", type=float, default=0.0, help="least training value, 0 to 1")
    _store(export)
    return parser


def _store(parser: argparse.ArgumentParser) -> None:
    words = "a setting of the store, such as endpoint=http://127.0.0.1:9000"
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help=words)
    parser.add_argument("--tenant", help="only this project")


def _open(chosen: argparse.Namespace) -> cs.Dataset:
    options: dict[str, str] = {}
    for pair in chosen.option:
        name, found, value = pair.partition("=")
        if not found:
            raise cs.InvalidError("an option is NAME=VALUE", operation="cli.option")
        options[name] = value
    return cs.open(chosen.uri, tenant=chosen.tenant, options=options)


def _failures(dataset: cs.Dataset) -> list[dict[str, str]]:
    return [{"uri": one.uri, "code": one.error.code, "message": str(one.error)} for one in dataset.failures]


def _inspect(chosen: argparse.Namespace) -> Answer:
    dataset = _open(chosen)
    sessions = [
        {
            "id": session.id,
            "tenant": session.tenant,
            "goal": session.goal,
            "site": session.site,
            "outcome": session.outcome,
            "startedAt": session.started_at.isoformat(),
            "interactions": len(session.interactions),
            "frames": len(session.frames),
            "quality": session.quality.score,
            "completeness": session.quality.completeness,
            "reliability": session.quality.reliability,
            "findings": session.findings.counts,
            "masked": session.masked,
            "uri": session.uri,
        }
        for session in dataset.sessions(on_error="skip")
    ]
    lines = [
        f"{one['id']}  quality {one['quality']:.1f}, {one['interactions']} interactions, {one['frames']} frames  {one['goal']}"
        for one in sessions
    ]
    failures = _failures(dataset)
    lines += [f"{one['uri']}  {one['message']}" for one in failures]
    return {"sessions": sessions, "failures": failures}, "\n".join(lines), not failures


def _lint(chosen: argparse.Namespace) -> Answer:
    dataset = _open(chosen)
    found = [
        {"session": session.id, "rule": one.rule, "severity": one.severity, "seq": one.seq, "message": one.message}
        for session in dataset.sessions(on_error="skip")
        for one in session.findings
    ]
    lines = [
        f"{one['session']}:{one['seq'] or '-'}: {one['severity']}[{one['rule']}] {one['message']}" for one in found
    ]
    failures = _failures(dataset)
    lines += [f"{one['uri']}: {one['message']}" for one in failures]
    well = not failures and all(one["severity"] != "error" for one in found)
    return {"findings": found, "failures": failures}, "\n".join(lines) or "nothing was found", well


def _verify(chosen: argparse.Namespace) -> Answer:
    dataset = _open(chosen)
    checks = [cs.verify(session) for session in dataset.sessions(on_error="skip")]
    told = [
        {
            "uri": check.uri,
            "sound": check.sound,
            "files": check.files,
            "bytes": check.size,
            "sha256": check.checksum,
            "problems": [{"code": code, "path": path} for code, path in check.problems],
        }
        for check in checks
    ]
    lines = [
        f"{check.uri}: "
        + ("sound" if check.sound else ", ".join(f"{code} {path}" for code, path in check.problems))
        for check in checks
    ]
    failures = _failures(dataset)
    lines += [f"{one['uri']}: {one['message']}" for one in failures]
    well = not failures and all(check.sound for check in checks)
    return {"archives": told, "failures": failures}, "\n".join(lines), well


def _validate(chosen: argparse.Namespace) -> Answer:
    verdict = cs.validate(
        chosen.file, provider=chosen.provider, model=chosen.model, count_tokens=chosen.tokens
    )
    return verdict.report, verdict.text.rstrip("\n"), verdict.accepted


def _import(chosen: argparse.Namespace) -> Answer:
    if chosen.format == "codesight" or (chosen.format is None and str(chosen.recording).endswith(".wire")):
        sessions = [cs.archive_recording(chosen.recording, chosen.target, tenant=chosen.tenant)]
        found: list[cs.Finding] = []
    else:
        imported = cs.import_recordings(
            chosen.recording,
            chosen.target,
            tenant=chosen.tenant,
            format=chosen.format,
            purposes=chosen.purpose,
            consent=chosen.consent,
        )
        sessions, found = list(imported.sessions), list(imported.findings)
    told = [
        {"id": one.id, "uri": one.uri, "quality": one.quality.score, "masked": one.masked} for one in sessions
    ]
    lines = [f"{one.uri}: quality {one.quality.score:.1f}, {len(one.findings)} findings" for one in sessions]
    lines += [f"{one.severity}[{one.rule}] {one.message}" for one in found]
    findings = [{"rule": one.rule, "severity": one.severity, "message": one.message} for one in found]
    return {"sessions": told, "findings": findings}, "\n".join(lines), True


def _export(chosen: argparse.Namespace) -> Answer:
    dataset = _open(chosen)
    source = cs.split(dataset, validation=chosen.validation, by="site") if chosen.validation else dataset
    written = cs.export(source, chosen.target, format=chosen.format, min_value=chosen.min_value)
    failures = [
        {"uri": one.uri, "code": one.error.code, "message": str(one.error)} for one in written.failures
    ]
    value = {
        "folder": str(written.folder),
        "files": list(written.files),
        "items": dict(written.items),
        "failures": failures,
    }
    lines = [f"{count} items in {side}" for side, count in written.items.items()]
    lines += [f"{one['uri']}: {one['message']}" for one in failures]
    return value, "\n".join([f"{written.folder}: {len(written.files)} files", *lines]), not failures


if __name__ == "__main__":
    sys.exit(main())
