// The fastest way found to read many files: some at a time, joined into one Blob, four reads
// in flight. A large file is read in slices of the same size.
"use strict";

const BATCH_FILES = 100;
const BATCH_BYTES = 8 << 20;
const IN_FLIGHT = 4;

function* batches(files) {
  let batch = [];
  let bytes = 0;
  for (const file of files) {
    for (let from = 0; from < file.size || from === 0; from += BATCH_BYTES) {
      const part = file.size > BATCH_BYTES ? file.slice(from, from + BATCH_BYTES) : file;
      if (batch.length === BATCH_FILES || bytes + part.size > BATCH_BYTES) {
        if (batch.length) yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(part);
      bytes += part.size;
    }
  }
  if (batch.length) yield batch;
}

async function read(files) {
  const start = performance.now();
  const source = batches(files);
  let bytes = 0;
  const one = async () => {
    for (const batch of source) {
      const part = await new Blob(batch).arrayBuffer();
      bytes += part.byteLength;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  window.floor = { ms: performance.now() - start, files: files.length, bytes };
}

for (const input of document.querySelectorAll("input")) {
  input.addEventListener("change", () => read([...input.files]));
}
