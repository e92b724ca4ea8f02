"""The Python twin of tests/node/app.js, on http.server alone: PORT or LISTEN_FDS, /health, /slow?ms=, SIGTERM finishes what is in flight."""
import json, os, signal, socket, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

if os.environ.get('BOOT_CRASH'):
    raise RuntimeError(os.environ['BOOT_CRASH'])

in_flight, lock = 0, threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def do_GET(self):
        global in_flight
        with lock:
            in_flight += 1
        try:
            url = urlparse(self.path)
            if url.path.endswith('slow'):
                time.sleep(int(parse_qs(url.query).get('ms', ['2000'])[0]) / 1000)
            body = json.dumps({'pid': os.getpid(), 'version': os.environ.get('VERSION', '1'), 'user': os.getuid()}).encode()
            self.send_response(200)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        finally:
            with lock:
                in_flight -= 1

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if os.environ.get('LISTEN_FDS'):
    server = Server(('127.0.0.1', 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=3)
    server.socket.setblocking(True)
else:
    server = Server(('127.0.0.1', int(os.environ['PORT'])), Handler)


def finish():
    server.shutdown()
    server.socket.close()
    while in_flight:
        time.sleep(0.01)
    time.sleep(0.05)
    os._exit(0)


signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=finish).start())
print('listening', file=sys.stderr, flush=True)
server.serve_forever(poll_interval=0.05)
