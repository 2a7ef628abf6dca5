"""PyTorch's loaders over sessions."""

from __future__ import annotations

from pathlib import Path

import codesight_sdk as cs
import pytest


def place(item: object) -> tuple[str, int]:
    """Where an item comes from; at the module's level, so that workers can be given it."""
    return item.session_id, item.seq  # type: ignore[attr-defined]


# More workers than processors are what this is about.
@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
def test_torch_reads_every_line_once_over_workers_and_ranks(
    archives: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    from codesight_sdk.torch import SessionItems, SessionStream

    sessions = cs.open(archives)
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
