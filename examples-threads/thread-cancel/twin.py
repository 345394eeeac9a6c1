"""A thread sleeps for an hour and is stopped, with threading.Event."""

# ANCHOR: construct
from threading import Event, Thread

stop = Event()

def work():
    while not stop.is_set():
        # one round of the work
        stop.wait(3600)  # a stop ends it
    print("stopped")

thread = Thread(target=work)
thread.start()
stop.set()
thread.join()
# ANCHOR_END: construct
