// Run code on MicroPython for web pages, in Node, with a folder copied to its disk:
// node micropython.mjs NODE_MODULES FOLDER CODE
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, folder, code] = process.argv.slice(2);
const name = "@micropython/micropython-webassembly-pyscript/micropython.mjs";
const { loadMicroPython } = await import(pathToFileURL(path.join(modules, name)));
const micropython = await loadMicroPython({ heapsize: 512 * 1024, stdout: (line) => console.log(line) });

function copy(from, to) {
  micropython.FS.mkdirTree(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
    if (entry.isDirectory()) copy(source, target);
    else micropython.FS.writeFile(target, fs.readFileSync(source));
  }
}

copy(folder, "/input");
micropython.runPython("import os, sys\nos.chdir('/input')\nsys.path.insert(0, '.')");
try {
  micropython.runPython(code);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
