"""A client of the ingest service on Python's websockets: one call, told by a JSON argument; what it saw is one JSON line at its end."""
import asyncio
import json
import sys

import websockets


async def main(call):
    seen = {"started": [], "acks": [], "others": [], "closes": [], "frames": call["frames"]}
    async with websockets.connect(call["url"], extra_headers={"Authorization": "Bearer " + call["token"]}) as ws:
        start = {"event": "start", "interaction_id": call["interaction"], "tenant_id": call["tenant"], "sample_rate": 16000, "encoding": "pcm16"}
        await ws.send(json.dumps(start))
        seen["started"].append(json.loads(await ws.recv()))

        async def say():
            for number in range(1, call["frames"] + 1):
                await ws.send(bytes((number * 31 + i * 7 + call["seed"]) & 255 for i in range(call["bytes"])))
            await ws.send(json.dumps({"event": "stop"}))

        saying = asyncio.create_task(say())
        try:
            while True:
                said = json.loads(await asyncio.wait_for(ws.recv(), 30))
                seen["acks" if said["event"] == "ack" else "others"].append(said)
        except websockets.exceptions.ConnectionClosed:
            seen["closes"].append({"code": ws.close_code, "reason": ws.close_reason})
        await saying
    print(json.dumps(seen))


asyncio.run(main(json.loads(sys.argv[1])))
