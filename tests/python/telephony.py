"""A carrier on Python's websockets: one call, told by a JSON argument; what it heard is one JSON line at its end."""
import asyncio
import base64
import json
import sys

import websockets

NAMES = {"exotel": ("stream_sid", "call_sid", "account_sid", "sequence_number"), "twilio": ("streamSid", "callSid", "accountSid", "sequenceNumber")}


async def main(call):
    stream, sid, account, sequence = NAMES[call["dialect"]]
    heard = {"events": [], "bytes": [], "audio": "", "code": None, "status": None}
    audio = b""
    try:
        ws = await websockets.connect(call["url"], extra_headers=call.get("headers", {}))
    except websockets.exceptions.InvalidStatusCode as refused:
        heard["status"] = refused.status_code
        print(json.dumps(heard))
        return
    about = {stream: call["stream"], sid: call["call"], account: "acc-1", "from": "1", "to": "2"}
    about["media_format" if call["dialect"] == "exotel" else "mediaFormat"] = (
        {"encoding": "audio/x-raw", "sample_rate": "16000", "bit_rate": "16"} if call["dialect"] == "exotel" else {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1})

    async def say(message, binary=False):
        text = json.dumps(message)
        await ws.send(text.encode() if binary else text)

    async def talk():
        await say({"event": "connected"})
        await say({"event": "start", sequence: "1", stream: call["stream"], "start": about})
        for number in range(1, call["frames"] + 1):
            frame = bytes((number * 31 + i * 7 + call["seed"]) & 255 for i in range(call["size"]))
            media = {"chunk": str(number), "timestamp": str(number * 100), "payload": base64.b64encode(frame).decode()}
            await say({"event": "media", sequence: number + 1 if number % 3 else str(number + 1), stream: call["stream"], "media": media}, binary=number % 2 == 0)
            if number % 10 == 0:
                await ws.send("{ this is not JSON")
            await asyncio.sleep(call.get("gap", 0) / 1000)
        await say({"event": "stop", sequence: str(call["frames"] + 2), stream: call["stream"], "stop": {sid: call["call"], "reason": "callended"}})

    talking = asyncio.create_task(talk())
    try:
        while True:
            said = json.loads(await asyncio.wait_for(ws.recv(), 40))
            heard["events"].append(said["event"])
            if said["event"] == "media":
                piece = base64.b64decode(said["media"]["payload"])
                audio += piece
                heard["bytes"].append(len(piece))
            if said["event"] == "mark":
                await say(said)
    except websockets.exceptions.ConnectionClosed:
        heard["code"] = ws.close_code
    talking.cancel()
    heard["audio"] = base64.b64encode(audio).decode()
    print(json.dumps(heard))


asyncio.run(main(json.loads(sys.argv[1])))
