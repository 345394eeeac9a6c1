// The two kernels in Node: node cpu.mjs sequential|workers primes|table NUMBERS TASKS

import { availableParallelism } from "node:os";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

import { now } from "./report.mjs";

function isPrime(number) {
  if (number < 2 || number % 2 === 0) return number === 2;
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) {
    if (number % divisor === 0) return false;
  }
  return true;
}

function primes([from, to]) {
  let count = 0;
  for (let number = from; number < to; number += 1) if (isPrime(number)) count += 1;
  return count;
}

// The high 6 bits of number × 0x9E3779B97F4A7C15, cut to 64 bits, as in ../src/cpu.rs. A BigInt
// would be many times slower, and a Number is exact up to 2⁵³: so the factor is taken in pieces of
// 24 bits, the low one first, and what a piece leaves above its 24 bits is carried to the next.
// Right for numbers below 2²⁴; compare takes none above ten million.
function place(number) {
  const low = number * 0x4a7c15;
  const middle = number * 0x79b97f + Math.floor(low / 2 ** 24);
  const high = number * 0x9e37 + Math.floor(middle / 2 ** 24); // bits 48 and up
  return Math.floor(high / 2 ** 10) % 64;
}

function intoTable(table, [from, to]) {
  for (let number = from; number < to; number += 1) table[place(number)] += 1;
  return 0;
}

function intoSharedTable(table, [from, to]) {
  for (let number = from; number < to; number += 1) Atomics.add(table, place(number), 1);
  return 0;
}

// Each worker gets the next task with its answer, so that a slow one does not hold up the rest.
async function inWorkers(bounds, workerData) {
  const waiting = bounds.values();
  let sum = 0;
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData });
      const next = () => {
        const { value, done } = waiting.next();
        if (done) worker.terminate().then(resolve);
        else worker.postMessage(value);
      };
      worker.on("message", (count) => {
        sum += count;
        next();
      });
      worker.on("error", reject);
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return sum;
}

if (isMainThread) {
  const [how, kernel] = process.argv.slice(2);
  const [numbers, tasks] = process.argv.slice(4).map(Number);
  const began = now();
  const bounds = Array.from({ length: tasks }, (_, task) => [
    Math.floor((task * numbers) / tasks),
    Math.floor(((task + 1) * numbers) / tasks),
  ]);
  let answer = 0;
  let table;
  if (how === "workers") {
    // Of all objects these bytes alone are the same in every worker; the rest is copied.
    table = new Int32Array(new SharedArrayBuffer(64 * Int32Array.BYTES_PER_ELEMENT));
    answer = await inWorkers(bounds, { kernel, table });
  } else {
    table = new Int32Array(64);
    const count = kernel === "primes" ? primes : (b) => intoTable(table, b);
    for (const b of bounds) answer += count(b);
  }
  answer += table.reduce((sum, count, place) => sum + count * (place + 1), 0);
  console.log(JSON.stringify({ began, ended: now(), done: tasks, answer }));
} else {
  const { kernel, table } = workerData;
  const count = kernel === "primes" ? primes : (bounds) => intoSharedTable(table, bounds);
  parentPort.on("message", (bounds) => parentPort.postMessage(count(bounds)));
}
