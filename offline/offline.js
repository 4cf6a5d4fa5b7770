// Keeps the page for use without a network, offers to install it, and takes a newer version only when
// the user accepts it. Only dist/ has this script: exhibit.html needs none of it. Whatever asks the
// network does so before boot.js seals the page, which waits for `beforeSeal`.
window.exhibitOffline = (() => {
  "use strict";
  // The version that the user accepted, until it is there.
  const ACCEPTED = "exhibit.update";
  const home = new URL("./", location.href);
  let prompt = null;
  // The first visit's worker, which is registered once the program is here, so as not to slow it down.
  let first = null;

  const offline = {
    // What the program shows: "unsupported", "keeping", "kept" or "refused".
    state: "keeping",
    // The newer version that the host has, if any.
    update: "",
    get installable() { return prompt !== null; },
    // Remembers that the user wants the newer version, and starts again to take it.
    accept() {
      try {
        localStorage.setItem(ACCEPTED, offline.update);
      } catch {
        // Nothing can be remembered: without its worker the page comes from the host, where the newer one is.
        navigator.serviceWorker.getRegistration().then((held) => held?.unregister()).finally(() => location.reload());
        return;
      }
      location.reload();
    },
    install() { prompt?.prompt(); },
  };

  const say = (state) => {
    offline.state = state;
    dispatchEvent(new Event("exhibit-offline"));
  };

  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    say(offline.state);
  });
  addEventListener("appinstalled", () => {
    prompt = null;
    say(offline.state);
  });

  // What the user accepted earlier; it is forgotten whatever comes of it, so that a host which lacks it is asked once.
  const accepted = () => {
    try {
      const version = localStorage.getItem(ACCEPTED);
      localStorage.removeItem(ACCEPTED);
      return version;
    } catch {
      return null;
    }
  };

  const json = async (name) => {
    const answer = await fetch(name, { cache: "no-store" });
    return answer.ok ? answer.json() : null;
  };

  // Whether the worker gets to be the active one. Until it has, caches of an older version may be there.
  const activated = (worker) => new Promise((done) => {
    const look = () => {
      if (worker.state === "activated") done(true);
      if (worker.state === "redundant") done(false);
    };
    worker.addEventListener("statechange", look);
    look();
  });

  // The registration's worker that runs `script`: an older one may still be the active one beside it.
  const worker = (registration, script) =>
    [registration.installing, registration.waiting, registration.active].find((one) => one?.scriptURL === script);

  const address = (release) => new URL(release.worker, home).href;

  // Resolves once it is known whether the files are kept; the browser is asked at once, which must be before the seal.
  const register = async (release) => {
    const asked = navigator.serviceWorker.register(release.worker, { scope: "./", updateViaCache: "none" });
    try {
      const found = worker(await asked, address(release));
      const done = found !== undefined && await activated(found);
      say(done ? "kept" : "refused");
      return done;
    } catch {
      say("refused");
      return false;
    }
  };

  const keep = async () => {
    // Without https, or where storing is forbidden, there is nothing to keep with.
    if (!navigator.serviceWorker) return say("unsupported");
    const release = json("release.json").catch(() => null);
    // Another page of this origin may have a worker whose scope holds ours.
    const held = await navigator.serviceWorker.getRegistration();
    const own = held && held.scope === home.href ? held.active : null;
    if (!own) {
      first = await release;
      if (!first) say("refused");
      return;
    }
    const newer = release.then((found) => found && address(found) !== own.scriptURL ? found : null);
    const wanted = accepted();
    if (wanted) {
      const found = await newer;
      if (found?.version === wanted && await register(found)) {
        location.reload();
        return;
      }
    }
    activated(own).then((done) => say(done ? "kept" : "refused"));
    newer.then((found) => {
      offline.update = found?.version ?? "";
      say(offline.state);
    });
  };

  // Browsers fetch a manifest at their leisure, which would be after the seal; so it is fetched here and
  // given to them from memory, icons included.
  const dataAddress = async (name) => {
    const blob = await (await fetch(name)).blob();
    return new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(blob);
    });
  };
  const manifest = async () => {
    const found = await json("manifest.webmanifest");
    for (const key of ["id", "start_url", "scope"]) found[key] = new URL(found[key], home).href;
    for (const icon of found.icons) icon.src = await dataAddress(icon.src);
    const link = document.createElement("link");
    link.rel = "manifest";
    link.href = URL.createObjectURL(new Blob([JSON.stringify(found)], { type: "application/manifest+json" }));
    document.head.append(link);
  };

  // None of it may keep the page from starting.
  const issued = Promise.allSettled([keep().catch(() => say("unsupported")), manifest()]);
  offline.beforeSeal = async () => {
    await issued;
    if (first) register(first);
  };
  return offline;
})();
