// The same in JavaScript, with fetch and Promise.all: node twin.mjs URL [URL ...]

const urls = process.argv.slice(2);
const start = performance.now();

function row(response, body, url) {
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return `${response.status} ${body.byteLength} ${url}`;
}

// ANCHOR: construct
async function fetchPage(url) {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(10_000),
    });
    const body = await response.arrayBuffer();
    return row(response, body, url);
  } catch (error) {
    return `failed ${url}: ${error.cause ?? error}`;
  }
}

// Nothing limits how many are in flight.
const rows = await Promise.all(urls.map(fetchPage));
// ANCHOR_END: construct
console.log(rows.join("\n"));
console.log(`${urls.length} pages in ${((performance.now() - start) / 1000).toFixed(2)} s`);
