// Loads Python with the library, and answers the page's questions.
//
// The page starts this in a blob, which has the page's Content Security Policy: what runs
// here can only connect to where the page is from.
import "./manifest.js";

const { lasting, lock } = self.MANIFEST;
const base = new URL(".", import.meta.url).href;
const paths = Object.keys(lasting);
const total = paths.reduce((sum, path) => sum + lasting[path], 0);
let loaded = 0;

function count(octets) {
  loaded += octets;
  self.postMessage({ type: "progress", loaded, total });
}

function find(name) {
  return paths.find((path) => path.includes(name));
}

async function load(name) {
  const response = await fetch(base + find(name));
  if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
  const counter = new TransformStream({
    transform(chunk, controller) {
      count(chunk.length);
      controller.enqueue(chunk);
    },
  });
  return response.body.pipeThrough(counter);
}

async function loadModule(name) {
  const module = await import(base + find(name));
  count(lasting[find(name)]);
  return module;
}

async function start() {
  const wasm = load("wasm.bin").then((stream) => {
    const body = stream.pipeThrough(new DecompressionStream("gzip"));
    return new Response(body, { headers: { "Content-Type": "application/wasm" } });
  });
  const library = load("stdlib.zip").then((stream) => new Response(stream));
  const archive = load("package-").then((stream) => new Response(stream).arrayBuffer());
  const parts = [loadModule("/pyodide.js"), loadModule("/pyodide.asm.js"), archive];
  const [{ loadPyodide }, { default: createPyodideModule }, data] = await Promise.all([
    ...parts,
    wasm,
    library,
  ]);
  // Pyodide fetches these two.
  const found = { "pyodide.asm.wasm": wasm, "python_stdlib.zip": library };
  const fetchElsewhere = self.fetch;
  self.fetch = (url, options) =>
    found[String(url).split("/").pop()] ?? fetchElsewhere(url, options);
  const pyodide = await loadPyodide({
    indexURL: base,
    createPyodideModule,
    lockFileContents: lock,
  });
  self.fetch = fetchElsewhere;
  pyodide.FS.writeFile("/package.zip", new Uint8Array(data));
  pyodide.runPython("import sys; sys.path.insert(0, '/package.zip')");
  const inspection = pyodide.pyimport("inspection");
  inspection.inspect('{"text": "a=b; Domain=c"}'); // imports the rest
  return inspection;
}

const started = start();
started.then(
  () => self.postMessage({ type: "ready" }),
  (error) => self.postMessage({ type: "failed", message: String(error.message ?? error) }),
);

self.onmessage = async ({ data }) => {
  const inspection = await started;
  const begin = performance.now();
  try {
    const answer = JSON.parse(inspection.inspect(JSON.stringify(data.request)));
    const milliseconds = performance.now() - begin;
    self.postMessage({ type: "answer", number: data.number, answer, milliseconds });
  } catch (error) {
    const cause = String(error.message).trim().split("\n").pop();
    const message = `The library failed on this text, which is a bug: ${cause}`;
    self.postMessage({ type: "error", number: data.number, message });
  }
};
