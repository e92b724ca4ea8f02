"""A client of the hub on Python's websockets, told by a JSON argument: it says hello, then what is in "say", and writes each message that it gets as one JSON line, the close as the last.
With "pause" it reads only so many messages and then hangs, with hardly a buffer before it."""
import asyncio
import json
import socket
import sys
import urllib.parse

import websockets


async def main(call):
    headers = {"Authorization": "Bearer " + call["token"]}
    more = {}
    if "pause" in call:
        url = urllib.parse.urlparse(call["url"])
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect((url.hostname, url.port))
        more = {"sock": sock, "max_queue": 1, "read_limit": 4096}
    ws = await websockets.connect(call["url"], extra_headers=headers, subprotocols=["mainstay.hub.v1"], max_size=None, ping_interval=None, **more)
    if "extensions" in call:
        print(json.dumps({"t": "extensions", "value": " ".join(e.name for e in ws.extensions)}), flush=True)
    await ws.send(json.dumps(call["hello"]))
    for message in call.get("say", []):
        await ws.send(json.dumps(message))
    read = 0
    try:
        while read != call.get("pause"):
            print((await ws.recv()).strip(), flush=True)
            read += 1
        await asyncio.sleep(3600)
    except websockets.exceptions.ConnectionClosed:
        print(json.dumps({"t": "closed", "code": ws.close_code, "reason": ws.close_reason}), flush=True)


asyncio.run(main(json.loads(sys.argv[1])))
