"""The same demonstration in Python: 12 threads share 3 permits, then threads that cannot wait."""

import threading


def most_inside(semaphore):
    inside = most = 0
    counting = threading.Lock()
    full = threading.Barrier(3)

    def work():
        nonlocal inside, most
        with semaphore:
            with counting:
                inside += 1
                most = max(most, inside)
            full.wait()  # stays inside until 3 threads are
            with counting:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
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
    return "acquired" if acquired else "None"


# Bounded: releasing more permits than were acquired raises ValueError. A plain Semaphore grows.
semaphore = threading.BoundedSemaphore(3)

print("12 threads share 3 permits.")
print(f"  most threads inside at the same time: {most_inside(semaphore)}")
try:
    with semaphore:
        raise RuntimeError("intended")
except RuntimeError:
    pass
print(f"  permits free again after a thread panicked inside: {free(semaphore)}")

for _ in range(3):  # there is no acquire_many, and two threads that collect like this can deadlock
    semaphore.acquire()
print("\nAll 3 permits are taken.")
print(f"  try_acquire()             {outcome(semaphore.acquire(blocking=False))}, immediately")
print(f"  acquire_timeout(50 ms)    {outcome(semaphore.acquire(timeout=0.05))}, after 50 ms")

# ANCHOR: construct
downloads = threading.BoundedSemaphore(4)

def download(page):
    with downloads:  # releases it afterwards
        print(f"page {page}")  # 4 threads at most

for page in range(20):
    threading.Thread(
        target=download, args=[page]
    ).start()
# ANCHOR_END: construct
