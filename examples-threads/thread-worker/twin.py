"""A thread with two queues: the object is neither copied nor moved, but shared."""

from queue import Queue
from threading import Thread

# ANCHOR: construct
inbox, outbox = Queue(), Queue()

def worker():
    while (buffer := inbox.get()) is not None:
        outbox.put(sum(buffer))
        buffer.append(4)  # the caller has it, too

Thread(target=worker).start()
buffer = [1, 2, 3]
inbox.put(buffer)
inbox.put(None)  # the end must be a value
print(f"sum: {outbox.get()}")
# ANCHOR_END: construct


def same_object():
    requests, answers = Queue(), Queue()
    thread = Thread(target=lambda: answers.put(requests.get()))
    thread.start()
    sent = [1, 2, 3]
    requests.put(sent)
    received = answers.get()
    thread.join()
    return received is sent


print(f"the same object on both sides: {same_object()}")
