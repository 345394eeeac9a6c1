"""Python's library has no reader-writer lock. Here is one by hand, and which threads get in."""

import threading
import time

VISITS = 1000


class RwLock:
    def __init__(self, writers_first):
        self.changed = threading.Condition()
        self.writers_first = writers_first
        self.readers = self.writers_waiting = 0
        self.writing = False

    def may_read(self):
        return not self.writing and not (self.writers_first and self.writers_waiting)

    def acquire_read(self, blocking=True):
        with self.changed:
            while not self.may_read():
                if not blocking:
                    return False
                self.changed.wait()
            self.readers += 1
            return True

    def release_read(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()

    def acquire_write(self):
        with self.changed:
            self.writers_waiting += 1
            self.changed.wait_for(lambda: not self.writing and not self.readers)
            self.writers_waiting -= 1
            self.writing = True

    def release_write(self):
        with self.changed:
            self.writing = False
            self.changed.notify_all()


def while_a_writer_waits(lock, then):
    def write():
        lock.acquire_write()
        lock.release_write()

    lock.acquire_read()
    writer = threading.Thread(target=write)
    writer.start()
    while not lock.writers_waiting:
        time.sleep(0)
    result = then()
    lock.release_read()
    writer.join()
    return result


def pass_a_writer(writers_first):
    lock = RwLock(writers_first)

    def visits():
        passed = 0
        for _ in range(VISITS):
            if lock.acquire_read(blocking=False):
                lock.release_read()  # the one that was inside leaves
                passed += 1
        return passed

    return while_a_writer_waits(lock, visits)


def pass_a_reader():
    lock = RwLock(writers_first=True)
    written = 0
    seen = []

    def read():
        lock.acquire_read()
        seen.append(written)
        lock.release_read()

    lock.acquire_write()
    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(VISITS):
        writer = threading.Thread(target=lock.acquire_write)
        writer.start()
        while not lock.writers_waiting:
            time.sleep(0)
        lock.release_write()  # the one that was inside leaves
        writer.join()
        written += 1
    lock.release_write()
    reader.join()
    return seen[0]


def read_twice(writers_first):
    lock = RwLock(writers_first)

    def again():
        if lock.acquire_read(blocking=False):
            lock.release_read()
            return "continues"
        return "deadlock: it and the writer wait for each other"

    return while_a_writer_waits(lock, again)


POLICIES = [("readers first", False), ("writers first", True)]

print(f"One thread reads, a writer waits, {VISITS} more readers arrive.")
for name, writers_first in POLICIES:
    print(f"  {name}          {pass_a_writer(writers_first):4} pass the writer")
print(f"\nOne thread writes, a reader waits, {VISITS} more writers arrive.")
print(f"  writers first          {pass_a_reader():4} pass the reader")
print("\nOne thread reads, a writer waits, the same thread reads again.")
for name, writers_first in POLICIES:
    print(f"  {name}          {read_twice(writers_first)}")

# ANCHOR: construct
theme = "dark"
lock = threading.Lock()  # for readers and writers

def read():
    with lock:
        print(theme)

readers = [threading.Thread(target=read) for _ in "123"]
for reader in readers:
    reader.start()
with lock:
    theme = "light"
# ANCHOR_END: construct
for reader in readers:
    reader.join()
