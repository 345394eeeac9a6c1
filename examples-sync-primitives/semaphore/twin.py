"""The same in Python: twelve workers and three permits; then those who cannot wait."""

import threading

WORKERS = 12
PERMITS = 3


def most_inside(semaphore):
    inside = most = 0
    counting = threading.Lock()
    full = threading.Barrier(PERMITS)

    def work():
        nonlocal inside, most
        with semaphore:
            with counting:
                inside += 1
                most = max(most, inside)
            full.wait()  # stays until three are in
            with counting:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


def free(semaphore):
    taken = 0
    while semaphore.acquire(blocking=False):
        taken += 1
    if taken:
        semaphore.release(taken)
    return taken


def outcome(acquired):
    return "acquired" if acquired else "none"


# Bounded: it raises ValueError when more is given back than was taken. A plain Semaphore grows.
semaphore = threading.BoundedSemaphore(PERMITS)

print(f"{WORKERS} workers, {PERMITS} permits.")
print(f"  most inside at a time:     {most_inside(semaphore)}")
try:
    with semaphore:
        raise RuntimeError("meant")
except RuntimeError:
    pass
print(f"  free after a panic inside: {free(semaphore)}")

for _ in range(PERMITS):  # there is no acquire_many, and two who collect like this can deadlock
    semaphore.acquire()
print("All permits are taken.")
print(f"  try_acquire:               {outcome(semaphore.acquire(blocking=False))}")
print(f"  acquire_timeout:           {outcome(semaphore.acquire(timeout=0.02))}")
