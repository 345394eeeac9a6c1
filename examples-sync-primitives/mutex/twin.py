"""Updates that are lost without a lock, and what an exception under the lock leaves behind."""

import threading
from threading import Lock, Thread

THREADS = 8


def in_threads(work):
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost_update():
    number = 0
    # All threads read before any of them writes. Without the barrier it happens only sometimes.
    # The GIL does not prevent it: a thread can lose the GIL between the two steps.
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
        with lock:  # the exception releases it as well, and leaves no trace
            for number, balance in enumerate(balances):
                if balance >= 300:
                    raise ValueError(f"no rate for {balance}")
                balances[number] = balance + balance // 10

    thread = threading.Thread(target=add_interest)
    thread.start()
    thread.join()
    with lock:
        return sum(balances)


threading.excepthook = lambda _: None  # the exception below is intended

print(f"{THREADS} threads each add 1 to a number.")
print(f"  read it, then write it:  {lost_update()}: updates are lost")
print(f"  under a Lock:            {counted()}")
print("\nA thread raises an exception while it adds interest to each account.")
print(f"  total:                   {half_done()}: half done, and nobody is told")

# ANCHOR: construct
count = 0
lock = Lock()

def add():
    global count
    with lock:  # unlocks at the end of the block
        count += 1

threads = [Thread(target=add) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(count)  # 8
# ANCHOR_END: construct
