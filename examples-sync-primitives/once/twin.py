"""The same in Python: functools.cache makes a value once for one thread, not for several."""

import functools
import threading

THREADS = 8


def in_threads(work):
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cached():
    made = []
    all_are_making_it = threading.Barrier(THREADS)

    @functools.cache
    def value():
        made.append(1)
        all_are_making_it.wait()  # makes certain what otherwise happens now and then
        return "a value"

    in_threads(value)
    value()  # from here on it is there
    return len(made)


def locked():
    made = []
    making = threading.Lock()
    all_are_here = threading.Barrier(THREADS)

    @functools.cache
    def make():
        made.append(1)
        return "a value"

    def value():
        with making:  # one at a time: the others find it in the cache
            return make()

    def work():
        all_are_here.wait()
        value()

    in_threads(work)
    return len(made)


def second_try():
    tries = []

    @functools.cache
    def value():
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the first try fails")
        return "made at the second try"

    try:
        value()
    except OSError:
        pass  # a result is kept, an exception is not
    return value()


print(f"{THREADS} threads want a value that nobody has made yet.")
print(f"  functools.cache:  made {cached()} times")
print(f"  under a lock:     made {locked()} time")
print("The first to make it raises. The next one:")
print(f"  functools.cache:  gets it, {second_try()}")
