"""The same in Python: a queue with a capacity of 4, many consumers, and what ends it."""

import queue
import threading

VALUES = 12
CAPACITY = 4
END = object()  # before Python 3.13 (shutdown), a value must mark the end


def pressure(values):
    """How far the producer gets before the queue is full, and how often it waits."""
    calls = queue.SimpleQueue()

    def consume():
        while calls.get():
            values.get()

    consumer = threading.Thread(target=consume)
    consumer.start()
    ahead = times = 0
    for value in range(VALUES):
        try:
            values.put_nowait(value)
            ahead += times == 0
        except queue.Full:
            times += 1
            calls.put(True)  # reported before the wait, and then one value is received
            values.put(value)
    calls.put(False)
    consumer.join()
    return ahead, times


def share_out():
    values = queue.Queue(CAPACITY)
    both_have_one = threading.Barrier(2)
    lists = [[], []]

    def produce(producer):
        for value in range(100):
            values.put((producer, value))

    def consume(received):
        received.append(values.get())
        both_have_one.wait()  # so that both consumers take part
        while (value := values.get()) is not END:
            received.append(value)

    producers = [threading.Thread(target=produce, args=[producer]) for producer in range(3)]
    consumers = [threading.Thread(target=consume, args=[received]) for received in lists]
    for thread in producers + consumers:
        thread.start()
    for producer in producers:
        producer.join()
    for _ in consumers:
        values.put(END)  # one for each consumer, after the last producer has ended
    for consumer in consumers:
        consumer.join()
    return lists


def in_order(received):
    of = [[value for producer, value in received if producer == wanted] for wanted in range(3)]
    return all(values == sorted(values) for values in of)


print(f"A producer sends {VALUES} values, and one is received each time it has to wait.")
ahead, times = pressure(queue.Queue(CAPACITY))
print(f"  queue.Queue(4)             {ahead} values ahead, then it waits {times} times")
ahead, times = pressure(queue.Queue())
print(f"  queue.Queue()              {ahead} values ahead, it never waits")
lists = share_out()
received = lists[0] + lists[1]
print("\n3 producers send 100 values each to 2 consumers.")
print(f"  received                   {len(received)}")
print(f"  all different              {str(len(set(received)) == len(received)).lower()}")
print(f"  each producer's in order   {str(all(map(in_order, lists))).lower()}")
print("\nThe queue is full, and no consumer is left.")
values = queue.Queue(1)
values.put("first")
try:
    values.put("second", timeout=0.02)  # without the time-out it would wait forever
except queue.Full:
    print('  put("second")              nothing reports it: only the time-out ends the wait')

# ANCHOR: construct
pages = queue.Queue(4)

def produce():
    for page in range(10):
        pages.put(page)  # waits while 4 are queued
    pages.put(None)  # the end must be a value

threading.Thread(target=produce).start()
while (page := pages.get()) is not None:
    print(f"page {page}")
# ANCHOR_END: construct
