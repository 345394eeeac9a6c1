"""The same in Python, which has no atomics: a lock around each step, or tools built on a lock."""

import itertools
import threading

THREADS = 8


# ANCHOR: construct
stop = threading.Event()
numbers = itertools.count()


def worker():
    while not stop.is_set():
        next(numbers)


def run():
    thread = threading.Thread(target=worker)
    thread.start()
    stop.set()
    thread.join()
# ANCHOR_END: construct


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
    """Has a lock, because nothing in Python checks and changes in one step."""

    def __init__(self, limit):
        self.left = limit
        self._lock = threading.Lock()

    def take(self, count):
        with self._lock:
            served = count <= self.left
            if served:
                self.left -= count
            return served


print(f"{THREADS} threads each add 1 to a number. All read it before any of them writes.")
sum_ = load_then_store()
print(f"  load, then store:            {sum_}, so {THREADS - sum_} additions are lost")
numbers = itertools.count()  # next() is one step in CPython; the language does not promise it
print(f"    the values it returned:    {by_all(lambda _: next(numbers))}")
budget = Budget(10)
served = by_all(lambda _: budget.take(3))
print(f"{THREADS} threads each try to take 3 units of a budget of 10.")
print(f"  threads that got 3:          {sum(served)}")
print(f"  units left:                  {budget.left}")
stop = threading.Event()  # a flag, and a way to wait for it
runs = threading.Thread(target=lambda: stop.wait())
runs.start()
by_all(lambda _: stop.set())
runs.join()
print("  stopped:                     the thread that worked has ended")
run()
