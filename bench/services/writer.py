"""writer.py LINES BYTES PER_SECOND: numbered lines of a fixed length, as fast as they are taken (0) or at a steady pace; then stays alive."""
import sys, time

lines, size, pace = (int(argument) for argument in sys.argv[1:])
step = pace // 50 if pace else 1000
out, start, filler = sys.stdout.buffer, time.monotonic(), 'x' * (size - 15)
for first in range(1, lines + 1, step):
    last = min(first + step, lines + 1)
    out.write(''.join(f'#{n:012d}#{filler}\n' for n in range(first, last)).encode())
    out.flush()
    if pace:
        time.sleep(max(0, start + last / pace - time.monotonic()))
time.sleep(1000000)
