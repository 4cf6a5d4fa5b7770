// Types each query and waits until its answer is on show; returns milliseconds, one a query.
const field = document.querySelector('[data-testid="query"]');
const shown = () => document.querySelector('[data-testid="event-count"]');
const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
const ask = (query) => new Promise((done) => {
  const begun = performance.now();
  set.call(field, query);
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const look = () => {
    if (shown()?.dataset.query === query) done(performance.now() - begun);
    else setTimeout(look, 1);
  };
  look();
});
const rest = () => new Promise((done) => setTimeout(done, 150));
return (async () => {
  const times = [];
  await ask("name:nothing");
  for (const query of queries) {
    times.push(await ask(query));
    await rest();
  }
  return times;
})();
