// The tests on Pyodide, CPython on WebAssembly: run_pyodide.sh installs what this needs.
//
//   node tests/support/pyodide.mjs FOLDER [argument of pytest ...]
//
// FOLDER has `node_modules/pyodide` and `site-packages`, pure Python alone. The exit status
// is pytest's.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, ...given] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node pyodide.mjs FOLDER [argument of pytest ...]");
  process.exit(2);
}
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const module = path.resolve(folder, "node_modules/pyodide/pyodide.mjs");
const { loadPyodide } = await import(pathToFileURL(module));

const environment = {};
for (const name of ["CI", "COOKIECODEC_REVERSE"]) {
  if (process.env[name]) environment[name] = process.env[name];
}
const pyodide = await loadPyodide({ env: environment });

// The folder above the project's, as test data may be beside the project.
const mounts = {
  "/beside": path.dirname(root),
  "/site-packages": path.resolve(folder, "site-packages"),
};
for (const [inside, outside] of Object.entries(mounts)) {
  pyodide.FS.mkdirTree(inside);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: outside }, inside);
}
const project = `/beside/${path.basename(root)}`;
pyodide.globals.set("project", project);
pyodide.globals.set("given", pyodide.toPy(given));
// Not `runPythonAsync`: within its task no test could run another.
process.exitCode = pyodide.runPython(`
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = [project, f"{project}/src", "/site-packages"]
os.chdir(project)
import pytest
plugins = ["-p", "tests.support.pyodide_plugin", "-p", "no:cacheprovider"]
int(pytest.main(["-q", *plugins, "-m", "not browser", *given]))
`);
