"""Two stages with queues between them; a sentinel is the end."""

from queue import Queue
from threading import Thread

# ANCHOR: construct
END = object()  # one for each consumer

def stage(work, inbox, outbox):
    while (item := inbox.get()) is not END:
        outbox.put(work(item))
    outbox.put(END)

words, upper, lengths = Queue(4), Queue(4), Queue(4)
for work in [(str.upper, words, upper),
             (lambda w: (w, len(w)), upper, lengths)]:
    Thread(target=stage, args=work).start()
for word in ["Ada", "Grace", "Edsger", END]:
    words.put(word)
while (result := lengths.get()) is not END:
    print(f"{result[0]}: {result[1]}")
# ANCHOR_END: construct
