"""Asks Datasette, inside this process, for the page and the JSON of every table and view of an archive; names those that fail."""

import asyncio
import sys
from urllib.parse import quote

from datasette.app import Datasette
from datasette.utils import parse_metadata


async def main(database, metadata):
    with open(metadata) as file:
        site = Datasette([database], metadata=parse_metadata(file.read()))
    await site.invoke_startup()
    listed = (await site.client.get("/archive.json")).json()
    names = [entry["name"] for entry in listed["tables"] + listed["views"]]
    failed, searched = [], []
    for name in names:
        for ending in ["", ".json?_shape=array"]:
            answer = await site.client.get("/archive/" + quote(name) + ending)
            if answer.status_code != 200:
                failed.append(f"{name}{ending}: {answer.status_code}")
            if 'name="_search"' in answer.text and "_fts" not in name and "unspaced" not in name:
                searched.append(name)
    print("failed:", ", ".join(failed) or "none")
    print("search boxes:", " ".join(sorted(searched)))
    row = (await site.client.get("/archive/links.json?_shape=array&_labels=on&host=docs.example.org&position=1")).json()[0]
    print("labels:", row["episode_id"]["label"], "|", row["segment_id"]["label"])


asyncio.run(main(*sys.argv[1:]))
