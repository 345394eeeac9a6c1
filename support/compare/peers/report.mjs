// What the Node peers share: the clock, the loops over the URLs, and the line that tells how it went.

// The system's monotonic clock, which is one for all processes.
export const now = () => Number(process.hrtime.bigint());

// N loops over one iterator. `fetch` is given the origin and a path, and is done when it has read
// the page whole.
export async function fetchAll([origin, pages, concurrency, delay, size], fetch) {
  const paths = Array.from(
    { length: Number(pages) },
    (_, page) => `/page/${page}?delay=${delay}&size=${size}`,
  );
  let done = 0;
  let why = null;
  async function work(waiting) {
    for (const path of waiting) {
      try {
        await fetch(origin, path);
        done += 1;
      } catch (error) {
        why ??= String(error.cause ?? error);
      }
    }
  }
  const began = now();
  const waiting = paths.values();
  await Promise.all(Array.from({ length: Number(concurrency) }, () => work(waiting)));
  console.log(JSON.stringify({ began, ended: now(), done, why }));
}
