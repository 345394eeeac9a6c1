// A list that comes in pages: an async generator.

// ANCHOR: construct
async function* items(page) {
  for (;;) {
    await null; // the request
    yield page;
    yield page + 1;
    page += 2;
  }
}

for await (const item of items(1)) {
  console.log(item);
  if (item === 3) {
    break; // the third page is never loaded
  }
}
// ANCHOR_END: construct
