"""The same in Python: Condition is the Condvar with its lock, Event the event."""

import threading
import time

MOMENT = 0.05


def condition_notices():
    changed = threading.Condition()
    with changed:
        changed.notify_all()  # nobody waits, and nothing keeps it for those who will
        return changed.wait(timeout=MOMENT)


def event_notices():
    event = threading.Event()
    event.set()
    return event.wait(timeout=MOMENT)


def goes_on(noticed):
    return "goes on" if noticed else "still waits when its time is over"


class Office:
    """Where workers wait for a job. It counts them, so that what happens next is no luck."""

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


def looks_once(office):
    with office.changed:
        if office.job is None:
            office.wait()
        return office.job


def looks_again(office):
    with office.changed:
        while office.job is None:  # wait_for does the same
            office.wait()
        return office.job


def finds(worker):
    office = Office()
    found = []
    thread = threading.Thread(target=lambda: found.append(worker(office)))
    thread.start()
    office.enter_when(lambda: office.waiting == 1)
    office.job = 1
    office.changed.notify()
    office.job = None  # as another worker does that passes by
    office.changed.release()

    office.enter_when(lambda: office.woken >= 1)
    office.job = 2
    office.changed.notify()
    office.changed.release()
    thread.join()
    return "goes on without a job" if found == [None] else f"goes on with job {found[0]}"


def gone_on():
    event, gone_on = threading.Event(), []

    def work():
        event.wait()
        gone_on.append(1)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    before = len(gone_on)
    event.set()
    for thread in threads:
        thread.join()
    return before, len(gone_on)


print("Notified before it waits.")
print(f"  a Condition alone:  {goes_on(condition_notices())}")
print(f"  an Event:           {goes_on(event_notices())}")
print("Woken for job 1, which another thread has taken.")
print(f"  if no job:          {finds(looks_once)}")
print(f"  while no job:       {finds(looks_again)}")
print("Three threads and one Event.")
before, after = gone_on()
print(f"  not set:            {before} have gone on")
print(f"  set once:           {after} have gone on")
