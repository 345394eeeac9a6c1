// undici, the client under Node's fetch, by its own interface: a pool of N connections.
//
// node io_undici.mjs ORIGIN PAGES CONCURRENCY DELAY SIZE

import { createRequire } from "node:module";

import { fetchAll } from "./report.mjs";

// From the folder in which compare was started, or from NODE_PATH; an import would look here alone.
const { Pool } = createRequire(`${process.cwd()}/`)("undici");

const [origin, , concurrency] = process.argv.slice(2);
const pool = new Pool(origin, { connections: Number(concurrency) });
await fetchAll(process.argv.slice(2), async (_, path) => {
  const { statusCode, body } = await pool.request({ method: "GET", path });
  await body.arrayBuffer(); // of an error too: until it is read, it holds the connection
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
});
await pool.close();
