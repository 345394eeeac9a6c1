// Node's fetch.
//
// node io_fetch.mjs ORIGIN PAGES CONCURRENCY DELAY SIZE

import { fetchAll } from "./report.mjs";

await fetchAll(process.argv.slice(2), async (origin, path) => {
  const response = await fetch(origin + path);
  if (!response.ok) throw new Error(`status ${response.status}`);
  await response.arrayBuffer();
});
