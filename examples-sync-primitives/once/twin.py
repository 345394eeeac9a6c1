"""The same in Python: functools.cache computes a value once for one thread, not for several."""

import functools
import threading

THREADS = 8


# ANCHOR: construct
lock = threading.Lock()


@functools.cache
def compute_ports():
    return {"http": 80, "https": 443}


def ports():
    # Without the lock, each thread may compute it.
    with lock:
        return compute_ports()
# ANCHOR_END: construct


def in_threads(work):
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cached():
    computed = []
    all_are_computing = threading.Barrier(THREADS)

    @functools.cache
    def value():
        computed.append(1)
        all_are_computing.wait()  # without it, this happens now and then
        return "a value"

    in_threads(value)
    value()  # from here on it is in the cache
    return len(computed)


def locked():
    computed = []
    computing = threading.Lock()
    all_are_here = threading.Barrier(THREADS)

    @functools.cache
    def compute():
        computed.append(1)
        return "a value"

    def value():
        with computing:  # one at a time: the others find it in the cache
            return compute()

    def work():
        all_are_here.wait()
        value()

    in_threads(work)
    return len(computed)


def second_attempt():
    attempts = []

    @functools.cache
    def value():
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("the first attempt fails")
        return "computed at the second attempt"

    try:
        value()
    except OSError:
        pass  # results are kept, exceptions are not
    return value()


print(f"{THREADS} threads need a value that nobody has computed yet.")
print(f"  functools.cache:  computed {cached()} times")
print(f"  under a lock:     computed {locked()} time")
print("The first attempt to compute it fails. The second caller of")
print(f"  functools.cache:  gets the value, {second_attempt()}")
assert ports()["https"] == 443
