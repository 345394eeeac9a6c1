// The same in JavaScript, with fetch and at most eight in flight: node twin.mjs URL [URL ...]

const urls = process.argv.slice(2);

async function fetchPage(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    // The body is read in any case, because only then can the connection be used again.
    const body = await response.arrayBuffer();
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return `${response.status} ${body.byteLength} ${url}`;
  } catch (error) {
    return `failed ${url}: ${error.cause ?? error}`;
  }
}

const start = performance.now();
// ANCHOR: construct
const rows = [];
// All workers share one iterator: each takes the next
// URL when its last request is done.
const waiting = urls.entries();

async function work() {
  for (const [index, url] of waiting)
    rows[index] = await fetchPage(url);
}

await Promise.all(Array.from({ length: 8 }, work));
// ANCHOR_END: construct
console.log(rows.join("\n"));
console.log(`${urls.length} pages in ${((performance.now() - start) / 1000).toFixed(2)} s`);
