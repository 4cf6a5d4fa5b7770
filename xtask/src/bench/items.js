const shown = (probe, before) => new Promise((resolve) => {
  const look = () => (probe() !== before ? resolve(performance.now()) : requestAnimationFrame(look));
  look();
});
const text = (id) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? "";
return (async () => {
  const times = [];
  if (what === "moments") {
    for (const month of ["02", "05", "03", "08", "04", "10", "06", "01", "11", "07"]) {
      const field = document.querySelector('[data-testid="at-text"]');
      const before = document.querySelector(".rows")?.textContent + text("row-count");
      field.value = `2026-${month}-15 00:00:00`;
      const begun = performance.now();
      field.dispatchEvent(new Event("change", { bubbles: true }));
      times.push(await shown(() => document.querySelector(".rows")?.textContent + text("row-count"), before) - begun);
    }
  } else if (what === "diffs") {
    // From opening a resource to its last change on show, both items read again; and comparing alone.
    for (const id of ["r-00000002", "r-00000007", "r-0000000c", "r-00000001", "r-00000003"]) {
      location.hash = "#/v1/resources";
      await shown(() => text("row-count") !== "", false);
      const field = document.querySelector('.grid-tools input[type="search"]');
      field.value = id;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await shown(() => text("row-count").startsWith("1 "), false);
      document.querySelector(".rows .row").click();
      await shown(() => document.querySelector('[data-testid="open-history"]') !== null, false);
      document.querySelector('[data-testid="open-history"]').click();
      await shown(() => document.querySelector('[data-testid="diff"] tbody') !== null, false);
      times.push(Number(document.querySelector('[data-testid="diff"]').dataset.ms));
    }
  } else {
    const begun = performance.now();
    location.hash = "#/v1/compliance";
    times.push(await shown(() => text("compliance-counts") !== "", false) - begun);
  }
  return times;
})();
