"""Talks sd_notify, as systemd's man page describes it. What it says and when is asked for by environment variables and files."""
import os, signal, socket, sys, time

out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
address = os.environ['NOTIFY_SOCKET']
out.connect('\0' + address[1:] if address.startswith('@') else address)


def say(*lines):
    out.send('\n'.join(lines).encode())
    print('said', *lines, flush=True)


def wait(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.02)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('watchdog', os.environ.get('WATCHDOG_USEC', 'none'), flush=True)
say('STATUS=warming the cache')
if os.environ.get('EXTEND'):
    # Longer than the start period, but each time the wait is announced.
    for step in range(int(os.environ['EXTEND'])):
        say('EXTEND_TIMEOUT_USEC=1500000', f'STATUS=step {step}')
        wait(1)
wait(float(os.environ.get('READY_AFTER', '0')))
if not os.environ.get('NEVER_READY'):
    say('READY=1', 'STATUS=serving 7 tenants')
mute = os.environ.get('MUTE_FILE')
every = float(os.environ.get('WATCHDOG_USEC', '2000000')) / 1e6 / 3
while True:
    if not (mute and os.path.exists(mute)):
        out.send(b'WATCHDOG=1')
    wait(every)
