"""Python's own GIL: threads that compute, threads that wait, and an update that is lost."""

import dis
import sys
import threading
import time

# Free-threaded Python (3.13 and later) may run without; before, there was no question.
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
        all_wait.wait()  # the GIL is released in here, or nobody else would come
        with counting:
            now -= 1

    in_threads(4, wait)
    return most


def comes_between(interval, times):
    """Whether a thread that wants the GIL has its turn before the one that computes is done."""
    came, gate, ready = [], threading.Lock(), threading.Event()

    def come():
        ready.set()
        with gate:
            came.append(True)

    default = sys.getswitchinterval()  # 5 ms: so long does one who wants the GIL wait before it asks
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
    # The barrier makes certain what otherwise happens now and then: a switch within x = x + 1.
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
print(f"  {alone / timed(lambda: in_threads(2, compute)):.1f} × as fast as one after another")
print("4 threads wait for IO.")
print(f"  GIL released:  {most_waiting()} wait at a time")
print("1 thread computes, another wants the GIL.")
for name, interval, times in [("often:", 1e-6, 100_000_000), ("seldom:", 60, 1_000_000)]:
    turn = "meanwhile" if comes_between(interval, times) else "after that"
    print(f"  switch {name:<8}has its turn {turn}")
add_one = compile("x = x + 1", "", "exec")
names = [step.opname for step in dis.get_instructions(add_one)]
start = next(place for place, name in enumerate(names) if name.startswith("LOAD_"))
names = names[start : names.index("STORE_NAME") + 1]
print(f"2 threads do x = x + 1, which is {len(names)} instructions: {', '.join(names)}.")
print(f"  switch within: x = {lost_update()}")
