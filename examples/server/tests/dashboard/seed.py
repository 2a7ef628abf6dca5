"""Makes a catalog large: copies its newest processed session until there are as many rows as asked for."""

import json
import sqlite3
import sys
import uuid

path, wanted = sys.argv[1], int(sys.argv[2])
goals = ["Find a lamp under 60", "Compare three coffee grinders", "Order a birthday present", "Return a pair of shoes"]
catalog = sqlite3.connect(path, timeout=60)
columns = ["tenant", "id", "collector", "key", "status", "start_time", "quality", "document"]
row = catalog.execute(
    f"SELECT {', '.join(columns)} FROM sessions WHERE status = 'completed' ORDER BY start_time LIMIT 1"
).fetchone()
model = dict(zip(columns, row))
document = json.loads(model["document"])
begin = model["start_time"]


def copies():
    for number in range(wanted):
        name = f"seed-{uuid.uuid4()}"
        quality = (number * 37) % 1000 / 10
        start = begin - (number + 1) * 60_000
        copy = document | {"id": name, "startTime": start, "qualityScore": quality, "goal": {"text": goals[number % 4], "site": "shop.example"}}
        yield (model["tenant"], name, model["collector"], name, model["status"], start, quality, json.dumps(copy))


with catalog:
    catalog.executemany(f"INSERT INTO sessions ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", copies())
