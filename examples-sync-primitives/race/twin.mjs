// The same in JavaScript, on one thread: other code runs during an await.

let number = 0;
const one = async () => 1;

// ANCHOR: construct
async function add() {
  number += await one(); // reads the number, waits, writes the sum
}

async function addInOneStep() {
  const summand = await one();
  number += summand; // no await between read and write
}
// ANCHOR_END: construct

let left = 100;
const nothing = async () => {};

async function spend() {
  const enough = left >= 80;
  await nothing(); // asks a bank, say
  if (enough) left -= 80;
  return enough;
}

async function spendInOneStep() {
  await nothing();
  const enough = left >= 80;
  if (enough) left -= 80;
  return enough;
}

const twice = (work) => Promise.all([work(), work()]);
const howMany = (acted) => ["none did", "one did", "both did"][acted.filter(Boolean).length];
const row = (what, value) => console.log(`  ${what.padEnd(24)} ${value}`);

console.log("2 tasks each add 1 to a number that begins at 0.");
await twice(add);
row("read, then write:", `${number}, and one addition is lost`);
number = 0;
await twice(addInOneStep);
row("in one step:", number);

console.log("2 tasks each want to spend 80 of 100.");
let spent = await twice(spend);
row("check, then spend:", `${howMany(spent)}, ${left} left`);
left = 100;
spent = await twice(spendInOneStep);
row("in one step:", `${howMany(spent)}, ${left} left`);
