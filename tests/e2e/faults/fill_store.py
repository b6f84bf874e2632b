#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fill_store.py DATABASE COUNT: as many copies of the newest signal, each its own, a minute apart,
into the past, as a year of a busy host would leave them."""
import hashlib
import json
import sqlite3
import sys


def main():
    store = sqlite3.connect(sys.argv[1])
    store.row_factory = sqlite3.Row
    seed = dict(store.execute("SELECT * FROM signals ORDER BY rowid DESC LIMIT 1").fetchone())
    columns = list(seed)
    places = ",".join("?" * len(columns))
    for number in range(1, int(sys.argv[2]) + 1):
        uid = hashlib.sha256(f"filled {number}".encode()).hexdigest()
        row = dict(seed)
        for name, value in seed.items():
            if isinstance(value, str) and seed["uid"] in value:
                value = value.replace(seed["uid"], uid).replace(seed["uid"][:12], uid[:12])
            row[name] = value
            if name.endswith("_ns") and isinstance(value, int):
                row[name] = value - number * 60_000_000_000
        store.execute(f"INSERT INTO signals ({','.join(columns)}) VALUES ({places})", [row[name] for name in columns])
    store.commit()
    print(json.dumps({"signals": store.execute("SELECT count(*) FROM signals").fetchone()[0]}))


if __name__ == "__main__":
    main()
