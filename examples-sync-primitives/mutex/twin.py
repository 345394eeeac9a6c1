"""An update that is lost without a lock, and what an exception under the lock leaves behind."""

import threading

THREADS = 8


def in_threads(work):
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost_update():
    number = 0
    # Makes certain what otherwise happens now and then: all read before any writes.
    # The GIL does not prevent it: a thread may lose the GIL between the two steps.
    all_have_read = threading.Barrier(THREADS)

    def add():
        nonlocal number
        seen = number
        all_have_read.wait()
        number = seen + 1

    in_threads(add)
    return number


def counted():
    number = 0
    lock = threading.Lock()

    def add():
        nonlocal number
        with lock:
            number += 1

    in_threads(add)
    return number


def half_done():
    balances = [100, 200, 300]
    lock = threading.Lock()

    def add_interest():
        with lock:  # released by the exception as well, and nothing says that there was one
            for number, balance in enumerate(balances):
                if balance >= 300:
                    raise ValueError(f"no rate for {balance}")
                balances[number] = balance + balance // 10

    thread = threading.Thread(target=add_interest)
    thread.start()
    thread.join()
    with lock:
        return sum(balances)


threading.excepthook = lambda _: None  # the exception below is meant

print(f"{THREADS} threads add 1 to a number.")
print(f"  read it, then write it:  {lost_update()}")
print(f"  under a Lock:            {counted()}")
print("A thread raises while it holds the lock.")
print(f"    total:                   {half_done()}, though it was 600")
