// Scrolls the table on show for 240 frames, 300 pixels each, and hands back how long each frame took.
return new Promise((resolve) => {
  const grid = document.querySelector(".grid");
  const times = [];
  let before = performance.now();
  const step = (now) => {
    times.push(now - before);
    before = now;
    grid.scrollTop += 300;
    if (times.length < 240) requestAnimationFrame(step);
    else resolve(times.slice(1));
  };
  requestAnimationFrame(step);
});
