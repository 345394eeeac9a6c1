"""One thread for each name; the results are stored where the main thread finds them."""

from threading import Thread

# ANCHOR: construct
names = ["Ada", "Grace", "Edsger"]
lengths = {}

def measure(name):
    lengths[name] = len(name)

threads = [Thread(target=measure, args=[name])
           for name in names]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()  # returns None, also after an error
for name in names:
    print(f"{name}: {lengths[name]}")
# ANCHOR_END: construct
