"""The same in Python: a queue with room for four, shared out; and what ends it."""

import queue
import threading

VALUES = 12
ROOM = 4
END = object()  # queue.Queue.shutdown() came with 3.13; until then a value must say that it is over


def pressure(values):
    """How far the producer got before it found the queue full, and how often it did."""
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
            calls.put(True)  # said before the wait, and one value is taken each time
            values.put(value)
    calls.put(False)
    consumer.join()
    return ahead, times


def share_out():
    values = queue.Queue(ROOM)
    both_have_one = threading.Barrier(2)
    lists = [[], []]

    def produce(producer):
        for value in range(100):
            values.put((producer, value))

    def consume(received):
        received.append(values.get())
        both_have_one.wait()  # so that both take part
        while (value := values.get()) is not END:
            received.append(value)

    producers = [threading.Thread(target=produce, args=[producer]) for producer in range(3)]
    consumers = [threading.Thread(target=consume, args=[received]) for received in lists]
    for thread in producers + consumers:
        thread.start()
    for producer in producers:
        producer.join()
    for _ in consumers:
        values.put(END)  # one each, and only after the last producer is through
    for consumer in consumers:
        consumer.join()
    return lists


def in_order(received):
    of = [[value for producer, value in received if producer == wanted] for wanted in range(3)]
    return all(values == sorted(values) for values in of)


print(f"{VALUES} values; one is received whenever the producer is stuck.")
ahead, times = pressure(queue.Queue(ROOM))
print(f"  queue.Queue(4):            {ahead} ahead, then stuck {times} times")
ahead, times = pressure(queue.Queue())
print(f"  queue.Queue():             {ahead} ahead, never stuck")
lists = share_out()
received = lists[0] + lists[1]
print("3 producers with 100 values each, 2 consumers.")
print(f"  received:                  {len(received)}")
print(f"  all different:             {str(len(set(received)) == len(received)).lower()}")
print(f"  each producer's in order:  {str(all(map(in_order, lists))).lower()}")
print("No consumer is left, and a producer has one more value.")
values = queue.Queue(1)
values.put("first")
try:
    values.put("second", timeout=0.02)  # without the time-out: for ever
except queue.Full:
    print("  put:                       nobody says so; only the time-out ends it")
