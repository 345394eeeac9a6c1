"""How many of 600,000 updates by two threads count. Run it with: python3 lost_updates.py"""

import sys
import threading

TIMES = 300_000


def one():
    return 1


def plain():
    global x
    for _ in range(TIMES):
        x = x + 1


def with_a_call():
    global x
    for _ in range(TIMES):
        x = x + one()


sys.setswitchinterval(1e-6)
for work in [plain, with_a_call]:
    x = 0
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{sys.version.split()[0]}, {work.__name__}: {x}")
