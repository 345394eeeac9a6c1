"""The same in Python: a Condition is a Condvar with its lock, and Event is in the library."""

import threading
import time

MOMENT = 0.05


def condition_notices():
    changed = threading.Condition()
    with changed:
        changed.notify_all()  # no thread is waiting, and a Condition remembers nothing
        return changed.wait(timeout=MOMENT)


def event_notices():
    event = threading.Event()
    event.set()
    return event.wait(timeout=MOMENT)


def continues(noticed):
    lost = "waits until its time-out: the notification is lost"
    return "continues immediately" if noticed else lost


class JobBoard:
    """Where workers wait for a job. It counts them, so that every run happens in the same order."""

    def __init__(self):
        self.changed = threading.Condition()
        self.job = None
        self.waiting = self.woken = 0

    def wait(self):
        self.waiting += 1
        self.changed.wait()
        self.waiting -= 1
        self.woken += 1

    def enter_when(self, ready):
        while True:
            self.changed.acquire()
            if ready():
                return
            self.changed.release()
            time.sleep(0)


def checks_once(board):
    with board.changed:
        if board.job is None:
            board.wait()
        return board.job


def checks_again(board):
    with board.changed:
        while board.job is None:  # wait_for does the same
            board.wait()
        return board.job


def finds(worker):
    board = JobBoard()
    found = []
    thread = threading.Thread(target=lambda: found.append(worker(board)))
    thread.start()
    board.enter_when(lambda: board.waiting == 1)
    board.job = 1
    board.changed.notify()
    board.job = None  # as another worker does before the woken one has the lock
    board.changed.release()

    board.enter_when(lambda: board.woken >= 1)
    board.job = 2
    board.changed.notify()
    board.changed.release()
    thread.join()
    return "continues without a job" if found == [None] else f"waits again, and gets job {found[0]}"


def continued():
    event, continued = threading.Event(), []

    def work():
        event.wait()
        continued.append(1)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    before = len(continued)
    event.set()
    for thread in threads:
        thread.join()
    return before, len(continued)


print("notify_all() is called before the thread waits.")
print(f"  with a Condition alone {continues(condition_notices())}")
print(f"  with an Event          {continues(event_notices())}")
print("\nA worker is woken for job 1, but another worker has taken it.")
print(f"  if no job, wait        {finds(checks_once)}")
print(f"  while no job, wait     {finds(checks_again)}")
print("\n3 threads wait for one Event.")
before, after = continued()
print(f"  before set()           {before} have continued")
print(f"  after set()            {after} have continued")

# ANCHOR: construct
ready = threading.Condition()
jobs = []

def worker():
    with ready:
        while not jobs:  # wait_for does the same
            ready.wait()
        print(f"got {jobs.pop()}")

threading.Thread(target=worker).start()
with ready:
    jobs.append("job 1")
    ready.notify()
# ANCHOR_END: construct
