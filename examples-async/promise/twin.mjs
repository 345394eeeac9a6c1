// The same in JavaScript: three steps with callbacks, promises and await; order, all, dropping.

import { withAwait, withCallbacks, withPromises } from "./twin_three_ways.mjs";

const ways = {
  callbacks: (steps, seen) => withCallbacks(steps, seen),
  promises: (steps, seen) => withPromises(steps).then((value) => seen(null, value), seen),
  "async fn": (steps, seen) => withAwait(steps).then((value) => seen(null, value), seen),
};

async function threeWays(title, failing) {
  console.log(title);
  for (const [name, way] of Object.entries(ways)) {
    const notes = [];
    await new Promise((done) => {
      way({ notes, failing }, (error, value) => done(notes.push(shown(error, value))));
      notes.push("call returns");
    });
    row(name, notes);
  }
}

async function callbackFirst() {
  const notes = [];
  const [promise, { resolve }] = withResolvers();
  promise.then(() => notes.push("callback runs"));
  notes.push("registered");
  resolve();
  notes.push("settle returns");
  await turn();
  return notes;
}

async function settledFirst() {
  const notes = [];
  const [promise, { resolve }] = withResolvers();
  resolve();
  notes.push("settle returns");
  promise.then(() => notes.push("callback runs"));
  notes.push("registered");
  await turn();
  return notes;
}

async function allOfThree(failing) {
  const notes = [];
  const pairs = [withResolvers(), withResolvers(), withResolvers()];
  const all = Promise.all(pairs.map(([promise]) => promise));
  all.then(
    (values) => notes.push(shown(null, `[${values.join(", ")}]`)),
    (error) => notes.push(shown(error)),
  );
  for (const number of [3, 2, 1]) {
    const [, { resolve, reject }] = pairs[number - 1];
    notes.push(`${number} ${number === failing ? "fails" : "arrives"}`);
    if (number === failing) reject(new Error(`it was ${number}`));
    else resolve(number);
    await turn();
  }
  return notes;
}

// There is no dropping. Whoever lets go of a promise, and here awaits it only to know when to print
// the row, changes nothing in what goes on.
async function letGo(way) {
  const notes = [];
  const goesOn = way({ notes });
  notes.push("dropped");
  await goesOn;
  return notes;
}

async function loseTheResolver() {
  const promise = new Promise(() => {});
  const first = await Promise.race([promise, turn("pending for ever")]);
  return [first];
}

// Promise.withResolvers(), for Node before 22.
function withResolvers() {
  let resolver;
  const promise = new Promise((resolve, reject) => (resolver = { resolve, reject }));
  return [promise, resolver];
}

// All microtasks run before it is over.
function turn(value) {
  return new Promise((done) => setImmediate(done, value));
}

function shown(error, value) {
  return error ? `error: ${error.message}` : `value ${value}`;
}

function row(what, notes) {
  console.log(`  ${`${what}:`.padEnd(20)} ${notes.join(", ")}`);
}

await threeWays("Three steps, each with what the one before found.");
await threeWays("Step 2 fails.", 2);
console.log("The thread that sees the outcome.");
for (const name of Object.keys(ways)) row(name, ["the only one"]);
console.log("A callback for a promise.");
row("before it settles", await callbackFirst());
row("after it settled", await settledFirst());
console.log("All of three promises, the last one first.");
row("all arrive", await allOfThree());
row("the second fails", await allOfThree(2));
console.log("Dropped while step 1 is under way.");
row("the promise", await letGo(withPromises));
row("the future", await letGo(withAwait));
row("the resolver", await loseTheResolver());
