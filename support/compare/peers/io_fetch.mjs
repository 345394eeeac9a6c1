// Node's fetch: N loops over one iterator.
//
// node io_fetch.mjs ORIGIN PAGES CONCURRENCY DELAY SIZE

const [origin, pages, concurrency, delay, size] = process.argv.slice(2);
const urls = Array.from(
  { length: Number(pages) },
  (_, page) => `${origin}/page/${page}?delay=${delay}&size=${size}`,
);
const now = () => Number(process.hrtime.bigint()); // the system's monotonic clock

let done = 0;
let why = null;

async function work(waiting) {
  for (const url of waiting) {
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`status ${response.status}`);
      await response.arrayBuffer();
      done += 1;
    } catch (error) {
      why ??= String(error.cause ?? error);
    }
  }
}

const began = now();
const waiting = urls.values();
await Promise.all(Array.from({ length: Number(concurrency) }, () => work(waiting)));
console.log(JSON.stringify({ began, ended: now(), done, why }));
