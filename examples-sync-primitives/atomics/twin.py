"""The same in Python, which has no atomics: a lock around each step, or the tools built on one."""

import itertools
import threading

THREADS = 8


def by_all(work):
    results = []
    threads = [threading.Thread(target=lambda n=n: results.append(work(n))) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(result for result in results if result is not None)


def load_then_store():
    number = 0
    all_have_read = threading.Barrier(THREADS)

    def work(_):
        nonlocal number
        seen = number
        all_have_read.wait()
        number = seen + 1  # as `number += 1` does, which is two steps as well

    by_all(work)
    return number


class Budget:
    """A lock, since nothing in Python looks and changes in one step."""

    def __init__(self, limit):
        self.left = limit
        self._lock = threading.Lock()

    def take(self, count):
        with self._lock:
            served = count <= self.left
            if served:
                self.left -= count
            return served


print(f"{THREADS} threads add 1; all read before any of them writes.")
print(f"  load, then store:           {load_then_store()}")
numbers = itertools.count()  # next() is one step, by the GIL in CPython; no promise of the language
print(f"    the numbers it gave:      {by_all(lambda _: next(numbers))}")
budget = Budget(10)
served = by_all(lambda _: budget.take(3))
print(f"{THREADS} threads take 3 each of a budget of 10.")
print(f"  served:                     {sum(served)}")
print(f"  left:                       {budget.left}")
stop = threading.Event()  # a flag, and a way to wait for it
runs = threading.Thread(target=lambda: stop.wait())
runs.start()
by_all(lambda _: stop.set())
runs.join()
print("  stopped:                    the thread that ran has ended")
