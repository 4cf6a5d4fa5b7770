// Put into the page before evidence is dropped: takes the times of the drop and of `ready` by
// the page's own clock, and the longest frame and task between them. arguments[0] is how many
// files must be read.
const wanted = arguments[0];
const watch = { start: null, end: null, frame: 0, task: 0 };
window.exhibitBench = watch;

const isBusy = () => watch.start !== null && watch.end === null;

document.addEventListener(
  "change",
  () => { watch.start ??= performance.now(); },
  { capture: true },
);

const intake = () => document.querySelector('[data-testid="intake"]');
new MutationObserver(() => {
  const now = intake();
  if (!isBusy() || !now || now.dataset.state !== "ready") return;
  if (Number(now.dataset.files) >= wanted) watch.end = performance.now();
}).observe(document.documentElement, {
  subtree: true,
  childList: true,
  attributeFilter: ["data-state", "data-files"],
});

let last = performance.now();
requestAnimationFrame(function frame(now) {
  if (isBusy() && last >= watch.start) watch.frame = Math.max(watch.frame, now - last);
  last = now;
  requestAnimationFrame(frame);
});

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (watch.start === null || (watch.end !== null && entry.startTime > watch.end)) continue;
    // Of the task that brings the files only the part after their arrival is the page's own.
    const own = entry.startTime + entry.duration - Math.max(entry.startTime, watch.start);
    watch.task = Math.max(watch.task, own);
  }
}).observe({ type: "longtask" });
