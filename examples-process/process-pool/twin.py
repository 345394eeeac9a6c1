"""The same counting with ProcessPoolExecutor, where one dead worker breaks the whole pool."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def count_primes(start):
    return sum(map(is_prime, range(start, start + 1000)))


# ANCHOR: construct
def work(start):
    if start is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return count_primes(start)


def count(starts):
    with ProcessPoolExecutor(4) as pool:
        try:
            return sum(pool.map(work, starts))
        except BrokenProcessPool:
            return None  # a worker died: all is lost
# ANCHOR_END: construct


if __name__ == "__main__":
    starts = range(0, 400_000, 1000)
    print(f"no worker dies:  {count(starts)} primes")
    if count([None, *starts]) is None:
        print("one task kills its worker:  BrokenProcessPool, and the other 400 tasks are lost")

    with ProcessPoolExecutor(4) as pool:
        try:
            pool.submit(work, None).result()
        except BrokenProcessPool:
            pass
        try:
            pool.submit(work, 0)
        except BrokenProcessPool:
            print("a task submitted afterwards:  BrokenProcessPool")
