"""Sends a hub a gigabyte in a megabyte: one compressed message on a socket of its own, told by a JSON argument (host, port, token). Writes the code of the close as one JSON line."""
import json
import socket
import struct
import sys
import zlib

call = json.loads(sys.argv[1])

# Before the connection: the hub waits five seconds for the first words.
deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
megabyte = bytes(1 << 20)
bomb = b"".join(deflater.compress(megabyte) for _ in range(1024)) + deflater.flush(zlib.Z_SYNC_FLUSH)

sock = socket.create_connection((call["host"], call["port"]))
sock.settimeout(30)
sock.sendall((
    "GET /hub HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "Sec-WebSocket-Protocol: mainstay.hub.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\nAuthorization: Bearer " + call["token"] + "\r\n\r\n").encode())
reader = sock.makefile("rb")
head = b""
while not head.endswith(b"\r\n\r\n"):
    head += reader.read(1)


def frame(payload, compressed):
    return bytes([0xC1 if compressed else 0x81, 0xFF]) + struct.pack(">Q", len(payload)) + bytes(4) + payload


def close_code():
    try:
        while True:
            first, second = reader.read(2)
            length = second & 0x7F
            length = struct.unpack(">H", reader.read(2))[0] if length == 126 else struct.unpack(">Q", reader.read(8))[0] if length == 127 else length
            payload = reader.read(length)
            if first & 0xF == 8:
                return struct.unpack(">H", payload[:2])[0]
    except (ValueError, OSError, struct.error):
        return 0


sock.sendall(frame(b'{"t":"hello"}', False))
try:
    sock.sendall(frame(bomb[:-4], True))
except OSError:
    pass
print(json.dumps({"t": "bombed", "agreed": b"permessage-deflate" in head, "sent": len(bomb), "code": close_code()}), flush=True)
