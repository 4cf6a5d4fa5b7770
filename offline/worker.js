// The service worker: keeps the program's own files and gives them back, and can do nothing else.
//
// It hears no messages. It answers GET for the files named here and leaves everything else to the
// browser, so that the page's policy decides about it. The build fills in the files with their
// hashes, so that no mixture of two versions and no altered file is ever kept, and names this script
// by its content: a host cannot change it under a page that runs by it. docs/hosting.md has its header.
"use strict";
const VERSION = "@VERSION@";
const FILES = "@FILES@";

const home = new URL("./", location.href).href;
// Caches belong to the whole origin, which may serve this page from other paths too.
const family = `exhibit ${home} `;
const kept = family + VERSION;

/** The name in FILES of what is asked for, if it is one of them. */
const own = ({ method, url }) => {
  const address = new URL(url);
  address.hash = "";
  if (method !== "GET" || !address.href.startsWith(home)) return null;
  const name = address.href.slice(home.length);
  if (name === "" || name === "index.html") return "./";
  return Object.hasOwn(FILES, name) ? name : null;
};

addEventListener("install", (event) => {
  const requests = Object.entries(FILES).map(([name, integrity]) => new Request(name, { integrity, cache: "no-cache" }));
  const keep = caches.open(kept).then((cache) => cache.addAll(requests));
  // The page asks for nothing after its start, so an older page that is open is not disturbed.
  event.waitUntil(keep.then(() => skipWaiting(), async (error) => {
    await caches.delete(kept);
    throw error;
  }));
});

addEventListener("activate", (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(family) && name !== kept);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(clear());
});

addEventListener("fetch", (event) => {
  const name = own(event.request);
  if (name === null) return;
  event.respondWith(caches.match(name, { cacheName: kept }).then((answer) => answer ?? fetch(event.request)));
});
