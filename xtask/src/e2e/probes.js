// Tries every road to the network that a page has, and reports nothing: the servers' records
// are the witness. arguments[0] is the address to reach, with its final slash.
const base = arguments[0];
const at = (name, end = "") => `${base}probe-${name}${end}`;
const add = (tag, set) => {
  const element = document.createElement(tag);
  set(element);
  document.body.append(element);
};
const address = (source) => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
// The page starts its own workers alone: what the policy holds in others is tried by the constructor of a frame.
const work = (source) => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  new frame.contentWindow.Worker(address(source));
};
const events = (name) => `new EventSource(${JSON.stringify(at(name))})`;

const roads = {
  fetch: () => fetch(at("fetch")),
  fetchOpaque: () => fetch(at("fetchOpaque"), { mode: "no-cors", method: "POST", body: "x" }),
  fetchKeepalive: () => fetch(at("fetchKeepalive"), { keepalive: true }),
  xhr: () => { const x = new XMLHttpRequest(); x.open("GET", at("xhr")); x.send(); },
  beacon: () => navigator.sendBeacon(at("beacon"), "x"),
  eventSource: () => new EventSource(at("eventSource")),
  webSocket: () => new WebSocket(at("webSocket").replace("http", "ws")),
  image: () => { new Image().src = at("image") + "?data"; },
  imageElement: () => add("img", (e) => { e.src = at("imageElement"); }),
  script: () => add("script", (e) => { e.src = at("script", ".js"); }),
  scriptModule: () => add("script", (e) => { e.type = "module"; e.src = at("scriptModule", ".js"); }),
  dynamicImport: () => import(at("dynamicImport", ".js")),
  style: () => add("link", (e) => { e.rel = "stylesheet"; e.href = at("style", ".css"); }),
  styleImage: () => add("div", (e) => {
    e.style.cssText = "width:9px;height:9px";
    e.style.backgroundImage = `url("${at("styleImage")}")`;
  }),
  font: () => new FontFace("probe", `url("${at("font")}")`).load(),
  preload: () => add("link", (e) => { e.rel = "preload"; e.as = "image"; e.href = at("preload"); }),
  prefetch: () => add("link", (e) => { e.rel = "prefetch"; e.href = at("prefetch"); }),
  modulePreload: () => add("link", (e) => { e.rel = "modulepreload"; e.href = at("modulePreload", ".js"); }),
  manifest: () => add("link", (e) => { e.rel = "manifest"; e.href = at("manifest"); }),
  icon: () => add("link", (e) => { e.rel = "icon"; e.href = at("icon"); }),
  frame: () => add("iframe", (e) => { e.src = at("frame", ".html"); }),
  frameNested: () => add("iframe", (e) => { e.srcdoc = `<img src="${at("frameNested")}">`; }),
  object: () => add("object", (e) => { e.data = at("object", ".html"); }),
  embed: () => add("embed", (e) => { e.src = at("embed", ".html"); }),
  video: () => add("video", (e) => { e.preload = "auto"; e.src = at("video"); }),
  audio: () => add("audio", (e) => { e.preload = "auto"; e.src = at("audio"); }),
  track: () => add("video", (e) => {
    e.crossOrigin = "anonymous";
    const track = document.createElement("track");
    track.kind = "subtitles";
    track.default = true;
    track.src = at("track");
    e.append(track);
    track.track.mode = "showing";
  }),
  svgImage: () => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
    image.setAttribute("href", at("svgImage"));
    svg.append(image);
    document.body.append(svg);
  },
  form: () => {
    const target = `frame${Math.random()}`;
    add("iframe", (e) => { e.name = target; });
    add("form", (e) => {
      e.action = at("form");
      e.method = "POST";
      e.target = target;
      const field = document.createElement("input");
      field.name = "data";
      field.value = "x";
      e.append(field);
    });
    document.body.lastElementChild.submit();
  },
  ping: () => {
    add("a", (e) => { e.href = "#"; e.ping = at("ping"); e.textContent = "."; });
    document.body.lastElementChild.click();
  },
  worker: () => new Worker(at("worker", ".js")),
  sharedWorker: () => new SharedWorker(at("sharedWorker", ".js")),
  serviceWorker: () => navigator.serviceWorker.register(at("serviceWorker", ".js")),
  workerFetch: () => work(`fetch(${JSON.stringify(at("workerFetch"))})`),
  workerXhr: () => work(`const x = new XMLHttpRequest(); x.open("GET", ${JSON.stringify(at("workerXhr"))}); x.send()`),
  workerImport: () => work(`importScripts(${JSON.stringify(at("workerImport", ".js"))})`),
  workerDynamicImport: () => work(`import(${JSON.stringify(at("workerDynamicImport", ".js"))})`),
  workerSocket: () => work(`new WebSocket(${JSON.stringify(at("workerSocket").replace("http", "ws"))})`),
  workerEvents: () => new Worker(address(events("workerEvents"))),
  workerConstructorEvents: () => new Worker.prototype.constructor(address(events("workerConstructorEvents"))),
  sharedWorkerEvents: () => new SharedWorker(address(events("sharedWorkerEvents"))),
  frameWorkerEvents: () => work(events("frameWorkerEvents")),
  workerNested: () => work(`new Worker(URL.createObjectURL(new Blob(['fetch(${JSON.stringify(at("workerNested"))})'])))`),
};

for (const road of Object.values(roads)) {
  try {
    Promise.resolve(road()).catch(() => {});
  } catch {
    // Closed, as it should be.
  }
}
return new Promise((done) => setTimeout(() => done(Object.keys(roads)), 2500));
