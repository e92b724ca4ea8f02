"""A client on Python's websockets, told by a JSON argument: it says each of "say" when the one before was answered, then sends "binary" bytes or closes with "close"; what it saw is one JSON line."""
import asyncio
import json
import sys

import websockets


async def main(call):
    heard = []
    ws = await websockets.connect(call["url"], extra_headers=call.get("headers", {}), subprotocols=call.get("protocols"))
    try:
        for text in call["say"]:
            await ws.send(text)
            heard.append(await ws.recv())
        if "binary" in call:
            await ws.send(bytes(call["binary"]))
            await ws.recv()
        await ws.close(call.get("close", 1000), "good bye")
    except websockets.exceptions.ConnectionClosed:
        pass
    print(json.dumps({"heard": heard, "protocol": ws.subprotocol, "code": ws.close_code}))


asyncio.run(main(json.loads(sys.argv[1])))
