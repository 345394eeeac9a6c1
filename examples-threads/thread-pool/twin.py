"""One job for each word; an exception is raised again where the result is asked for."""

from concurrent.futures import ThreadPoolExecutor

# ANCHOR: construct
def double(word):
    return int(word) * 2

words = ["7", "seven", "11"]
with ThreadPoolExecutor(4) as pool:
    futures = [pool.submit(double, word)
               for word in words]
    for word, future in zip(words, futures):
        try:
            print(f"{word}: {future.result()}")
        except ValueError:
            print(f"{word}: it failed")
# ANCHOR_END: construct
