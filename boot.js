// Loads, then seals. This script fetches the program, closes the network behind it by a second
// content security policy, and starts the program from memory. Evidence comes only after that.
// ARCHITECTURE.md, "The seal", says why it is done in this order.
(() => {
  "use strict";
  const { glue, wasm } = document.currentScript.dataset;

  // Policies only ever tighten: this one holds beside the one in index.html, also in every worker
  // that is made from a blob: address later. `style-src 'none'` because a style sheet's address
  // would be a road to the page's own server; all styles are loaded by then, and setting
  // properties by script needs no permission.
  const POLICY = [
    "default-src 'none'",
    "connect-src 'none'",
    "script-src blob: 'wasm-unsafe-eval'",
    "worker-src blob:",
    "style-src 'none'",
    "img-src data: blob:",
    "manifest-src blob:",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");

  // What a worker runs: the glue, then the compiled module that arrives as the first message. A
  // rejected promise nobody handles ends a worker's work as an exception does; the page hears only
  // of exceptions, so it is thrown again as one. Before all that, an EventSource goes, which Firefox (140) lets pass by
  // the policy in workers, and with it the way to a worker that would have one again. Memory may be refused before the program
  // runs, which the page tells from an end in the middle by the words below.
  const BOOTSTRAP = `
    for (const road of ["EventSource", "Worker"]) delete globalThis[road];
    addEventListener("unhandledrejection", (event) => {
      setTimeout(() => { throw event.reason; });
    });
    addEventListener("message", (event) => {
      try {
        wasm_bindgen.initSync({ module: event.data });
      } catch (error) {
        throw new Error("NOT STARTED: " + error);
      }
    }, { once: true });`;

  const blobAddress = (...parts) =>
    URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));

  const loaded = new Promise((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", done, { once: true });
  });

  // In the one file everything stands in the page itself, compressed, under an id.
  const unpacked = (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
  };

  const fetched = async (address) => {
    if (address.startsWith("#")) return unpacked(address.slice(1));
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
    return answer;
  };

  // Some hosts serve Wasm under a type that streaming compilation refuses.
  const compile = async (address) => {
    const answer = await fetched(address);
    const type = answer.headers.get("content-type") ?? "";
    if (type.startsWith("application/wasm")) return WebAssembly.compileStreaming(answer);
    return WebAssembly.compile(await answer.arrayBuffer());
  };

  let blocked = 0;
  // Adds the policy, and tells whether the browser holds to it: it must refuse, in the name of this very policy,
  // what would reach no network even if it did not.
  const seal = async () => {
    const meta = document.createElement("meta");
    meta.httpEquiv = "Content-Security-Policy";
    meta.content = POLICY;
    document.head.append(meta);
    const refused = new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", function probe(event) {
        if (event.originalPolicy.trim() !== POLICY) return;
        document.removeEventListener("securitypolicyviolation", probe);
        resolve(true);
      });
    });
    fetch("data:,").catch(() => {});
    const holds = await Promise.race([refused, new Promise((resolve) => setTimeout(resolve, 2000, false))]);
    document.addEventListener("securitypolicyviolation", () => { blocked += 1; });
    return holds;
  };

  // The page starts no workers but the program's own: in Firefox others would have a road out (BOOTSTRAP).
  const keepWorkers = (own) => {
    const Native = globalThis.Worker;
    const Own = function Worker(address, options) {
      if (address !== own) throw new TypeError("only the program's own workers are started");
      return new Native(address, options);
    };
    Own.prototype = Native.prototype;
    Own.prototype.constructor = Own;
    globalThis.Worker = Own;
    delete globalThis.SharedWorker;
  };

  // The crash screen is plain DOM, for the program may be the thing that died. The report names
  // the program's place only, never evidence.
  const halt = (title, words, report) => {
    if (document.getElementById("crash")) return;
    const screen = document.createElement("div");
    screen.id = "crash";
    screen.className = "crash";
    screen.setAttribute("role", "alertdialog");
    screen.setAttribute("aria-label", title);
    const add = (tag, text) => {
      const element = document.createElement(tag);
      element.textContent = text;
      screen.append(element);
      return element;
    };
    add("h1", title);
    add("p", words);
    add("pre", report);
    add("button", "Reload").onclick = () => location.reload();
    add("button", "Copy this report").onclick = () => navigator.clipboard?.writeText(report);
    document.body.append(screen);
  };
  const crash = (report) => halt(
    "Exhibit has stopped",
    "A fault in the program, not in your evidence: nothing was changed and nothing was sent. Reload the page and drop the evidence again.",
    report,
  );

  // What the program cannot do without. The smallest module with a vector in it tells whether the browser
  // knows SIMD; it says nothing by itself.
  const VECTOR = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  const lacking = () => {
    const needs = [
      ["WebAssembly", () => typeof WebAssembly === "object"],
      ["WebAssembly SIMD", () => WebAssembly.validate(new Uint8Array(VECTOR))],
      ["DecompressionStream", () => !glue.startsWith("#") || typeof DecompressionStream === "function"],
      ["CSS cascade layers", () => typeof CSSLayerBlockRule === "function"],
    ];
    return needs.filter(([, has]) => { try { return !has(); } catch { return true; } }).map(([name]) => name);
  };

  // Browsers without light-dark() (Safari before 17.5) keep its text in the custom properties all the same:
  // the half that holds is set on the root, which needs no permission.
  const HALVES = /light-dark\(((?:[^(),]|\([^()]*\))*),((?:[^(),]|\([^()]*\))*)\)/g;
  const colour = () => {
    const root = document.documentElement;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const rules = [...document.styleSheets].flatMap(function all(sheet) {
      return [...sheet.cssRules].flatMap((rule) => (rule.cssRules && !rule.style ? all(rule) : [rule]));
    });
    const tokens = rules.filter((rule) => rule.selectorText === ":root").flatMap((rule) =>
      [...rule.style].map((name) => [name, rule.style.getPropertyValue(name)]));
    const apply = () => {
      const theme = root.dataset.theme ?? (dark.matches ? "dark" : "light");
      for (const [name, value] of tokens) {
        if (value.includes("light-dark")) root.style.setProperty(name, value.replace(HALVES, theme === "dark" ? "$2" : "$1"));
      }
    };
    apply();
    dark.addEventListener("change", apply);
    new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  };

  const start = async () => {
    const missing = lacking();
    if (missing.length > 0) {
      halt(
        "This browser cannot run Exhibit",
        `It lacks ${missing.join(", ")}. Use Chrome or Edge 111, Firefox 113, Safari 16.4 or newer, and allow WebAssembly (a lockdown mode forbids it).`,
        navigator.userAgent,
      );
      return;
    }
    const [text, module] = await Promise.all([
      fetched(glue).then((answer) => answer.text()),
      compile(wasm),
      loaded,
    ]);
    await window.exhibitOffline?.beforeSeal();
    if (!CSS.supports("color", "light-dark(red, red)")) colour();
    const sealed = await seal();
    const worker = blobAddress(BOOTSTRAP, text);
    keepWorkers(worker);
    window.exhibit = {
      module,
      worker,
      policy: POLICY,
      sealed,
      sealedAt: Date.now(),
      sealedMark: performance.now(),
      blocked: () => blocked,
      crash,
      offline: window.exhibitOffline,
    };
    const script = document.createElement("script");
    script.src = blobAddress(text, "wasm_bindgen.initSync({ module: window.exhibit.module });");
    script.onerror = () => crash("The program could not be started after the seal.");
    document.body.append(script);
  };

  start().catch((error) => crash(`The program could not be loaded: ${error}`));
})();
