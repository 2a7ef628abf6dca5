"""What a user writes, for the type checker. Never run."""

from __future__ import annotations

import codesight_sdk as cs
from typing_extensions import assert_type

dataset = cs.open("sessions")
session = dataset[0]
assert_type(dataset, cs.Dataset)
assert_type(dataset[:2], cs.Dataset)
assert_type(session, cs.Session)
assert_type(session.interactions[0].selectors[0].score, float | None)
assert_type(session.findings.of(severity="error"), cs.Findings)
assert_type(session.frames["0" * 64].image, bytes)
assert_type(session.process(cs.Pipeline.of("validate")).lines().validate(), cs.Verdict)
assert_type(cs.verify("session.zip").sound, bool)
assert_type(cs.export(dataset, "out", format="trl"), cs.Export)
assert_type(cs.split(dataset).train, cs.Dataset)
assert_type(cs.Client("https://x", token="t").fetch("s", "."), cs.Session)
cs.open("sessions", "tenant")  # type: ignore[call-arg]
session.to_arrow("people")  # type: ignore[arg-type]
