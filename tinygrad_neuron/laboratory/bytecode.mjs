// Writes bytecode into the library and the wheels of a laboratory: node bytecode.mjs FOLDER. What the
// worker loads is loaded here too, and the first example is run; that is what is compiled.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

process.on("uncaughtException", ({ message }) => {
  console.error(message.trim().split("\n").at(-1));
  process.exit(1);
});
const [folder] = process.argv.slice(2);
const bytes = (path) => new Uint8Array(readFileSync(path));
const module = (...path) => import(pathToFileURL(join(folder, ...path)));
const wheels = readdirSync(join(folder, "wheels")).map((name) => join(folder, "wheels", name));
const library = join(folder, "pyodide", "python_stdlib.zip");

const { loadPyodide } = await module("pyodide", "pyodide.mjs");
const env = { HOME: "/home/pyodide", PYTHONHASHSEED: "0" }; // the same bytes each time
const python = await loadPyodide({ indexURL: join(folder, "pyodide/"), env });
const extractDir = python.runPython("import sys; sys.path[-1]");
for (const wheel of wheels) python.unpackArchive(bytes(wheel), "whl", { extractDir });
const room = "tinygrad_neuron.laboratory";
for (const name of ["calls", "lesson_cells", "playing"]) python.pyimport(`${room}.${name}`);
const viz = await (await module("graphviz", "viz.js")).instance();
python.pyimport(`${room}.graphviz`).use((source, format, engine) => {
  const { output = "" } = viz.render(source, { format, engine });
  return python.toPy({ output, errors: [] });
});
const ran = python.pyimport(`${room}.session`).Session((event) => event.destroy?.());
const [{ text }] = JSON.parse(readFileSync(join(folder, "examples.json"), "utf-8"));
if (!ran.run(text)) throw new Error("the first example fails");

const loaded = python.runPython(`
[m.__spec__.origin for m in list(sys.modules.values()) if getattr(m, "__spec__", None)]
`);
const { compiled } = python.pyimport(`${room}.bytecode`);
const archive = python.runPython("next(path for path in sys.path if path.endswith('.zip'))");
for (const path of [library, ...wheels]) {
  const place = path === library ? archive : extractDir;
  writeFileSync(path, compiled(python.toPy(bytes(path)), place, loaded).toJs());
}
