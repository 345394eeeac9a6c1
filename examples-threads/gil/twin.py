"""Python's own GIL: threads that compute, threads that wait, and a lost update."""

import dis
import sys
import threading
import time

# Only free-threaded Python (3.13 and later) can run without it.
GIL = getattr(sys, "_is_gil_enabled", lambda: True)()


def compute(times=1_000_000, until=lambda: False):
    for _ in range(times):
        if until():
            break


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_threads(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def most_waiting():
    now = most = 0
    counting, all_wait = threading.Lock(), threading.Barrier(4)

    def wait():
        nonlocal now, most
        with counting:
            now += 1
            most = max(most, now)
        all_wait.wait()  # releases the GIL, so the other threads can arrive
        with counting:
            now -= 1

    in_threads(4, wait)
    return most


def comes_between(interval, times):
    """Whether a thread that wants the GIL runs before the one that computes has ended."""
    came, gate, ready = [], threading.Lock(), threading.Event()

    def come():
        ready.set()
        with gate:
            came.append(True)

    default = sys.getswitchinterval()  # 5 ms: how long a thread waits before it asks for the GIL
    sys.setswitchinterval(interval)
    with gate:
        thread = threading.Thread(target=come)
        thread.start()
        ready.wait()
    compute(times, until=lambda: came)
    came_before = bool(came)
    thread.join()
    sys.setswitchinterval(default)
    return came_before


def lost_update():
    # The barrier forces what otherwise happens only sometimes: a switch inside x = x + 1.
    x = 0
    both_have_loaded = threading.Barrier(2)

    def one():
        both_have_loaded.wait()
        return 1

    def add():
        nonlocal x
        x = x + one()

    in_threads(2, add)
    return x


print(f"GIL: {'on' if GIL else 'off'}")
print("2 threads compute.")
alone = timed(lambda: (compute(), compute()))
print(f"  {alone / timed(lambda: in_threads(2, compute)):.1f} times the speed of one after another")
print("4 threads wait for IO.")
print(f"  GIL released:         {most_waiting()} wait at the same time")
print("1 thread computes, another wants the GIL.")
for name, interval, times in [("often:", 1e-6, 100_000_000), ("rarely:", 60, 1_000_000)]:
    meanwhile = "while the first still computes"
    when = meanwhile if comes_between(interval, times) else "after the first has ended"
    print(f"  switch {name:<15}it runs {when}")
add_one = compile("x = x + 1", "", "exec")
names = [step.opname for step in dis.get_instructions(add_one)]
start = next(place for place, name in enumerate(names) if name.startswith("LOAD_"))
names = names[start : names.index("STORE_NAME") + 1]
print(f"2 threads run x = x + 1, which is {len(names)} instructions: {', '.join(names)}.")
print(f"  switch within: x = {lost_update()}")
# ANCHOR: construct
x, lock = 0, threading.Lock()


def add():
    global x
    with lock:  # the GIL alone is not enough
        x = x + 1


threads = [threading.Thread(target=add) for _ in "ab"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"  with a lock:   x = {x}")  # always 2
# ANCHOR_END: construct
