"""Tables as other libraries read them."""

from __future__ import annotations

import codesight_sdk as cs
import pytest

pa = pytest.importorskip("pyarrow")


def test_columns_hold_what_the_objects_say(session: cs.Session) -> None:
    rows = pa.table(session.to_arrow()).to_pylist()
    assert len(rows) == len(session.interactions)
    for row, interaction in zip(rows, session.interactions, strict=True):
        assert (row["seq"], row["type"], row["url"]) == (interaction.seq, interaction.type, interaction.url)
        assert row["timestamp"] == interaction.timestamp
        point = None if row["x"] is None else (row["x"], row["y"])
        assert point == interaction.point
        box = None if row["box_x"] is None else tuple(row[f"box_{side}"] for side in ("x", "y", "width", "height"))
        assert box == interaction.box
        assert row["reliability"] == interaction.reliability and row["intent"] == interaction.intent
        assert row["before_frame"] == next(
            (shot["hash"] for shot in interaction.data.get("screenshots", ()) if shot["relation"] == "before"), None
        )


def test_findings_and_frames(session: cs.Session) -> None:
    findings = pa.table(session.to_arrow("findings")).to_pylist()
    assert [(one["rule"], one["severity"], one["seq"]) for one in findings] == [
        (one.rule, one.severity, one.seq) for one in session.findings
    ]
    frames = pa.table(session.to_arrow("frames", images=True)).to_pylist()
    assert [one["image"] for one in frames] == [frame.image for frame in session.frames]
    assert "image" not in session.to_arrow("frames").column_names


def test_a_table_that_does_not_exist(session: cs.Session) -> None:
    with pytest.raises(cs.InvalidError):
        session.to_arrow("people")  # type: ignore[arg-type]


def test_a_dataset_is_one_table(session: cs.Session, archive: str) -> None:
    one, two = session.to_arrow(), cs.open(archive).to_arrow()
    both = type(one).concat([one, two])
    assert pa.table(both).num_rows == len(one) + len(two)
    with pytest.raises(cs.InvalidError):
        type(one).concat([one, session.to_arrow("findings")])
    with pytest.raises(cs.InvalidError):
        type(one).concat([])


def test_other_readers(session: cs.Session) -> None:
    table = session.to_arrow()
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(table)
    assert frame.height == len(table) and frame["type"][0] == session.interactions[0].type
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as database:
        database.register("interactions", pa.table(table))
        (counted,) = database.execute("select count(*) from interactions where type = 'click'").fetchone()
    assert counted == sum(one.type == "click" for one in session.interactions)


def test_pandas_reads_it(session: cs.Session) -> None:
    pandas = pytest.importorskip("pandas")
    if not hasattr(pandas.DataFrame, "from_arrow"):
        pytest.skip("this pandas has no DataFrame.from_arrow")
    assert len(pandas.DataFrame.from_arrow(session.to_arrow())) == len(session.interactions)


def test_a_stream_can_be_taken_again(session: cs.Session) -> None:
    table = session.to_arrow()
    assert pa.table(table).equals(pa.table(table))
    assert pa.schema(table).names == table.column_names
