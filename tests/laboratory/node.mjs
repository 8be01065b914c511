// Runs pytest in Pyodide: node node.mjs LABORATORY TESTS ARGUMENTS..., where TESTS is a zip of
// what the tests need beside the laboratory's wheels.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [laboratory, tests, ...words] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(laboratory, "pyodide", "pyodide.mjs")));
const python = await loadPyodide({ indexURL: join(laboratory, "pyodide/") });
const bytes = (...path) => new Uint8Array(readFileSync(join(...path)));
const extractDir = python.runPython("import sys; sys.path[-1]");
for (const name of readdirSync(join(laboratory, "wheels"))) {
  python.unpackArchive(bytes(laboratory, "wheels", name), "whl", { extractDir });
}
python.unpackArchive(bytes(tests), "zip", { extractDir: "/work" });
python.globals.set("words", words);
const code = python.runPython(`
import importlib, os, sys
os.chdir("/work")
sys.path.insert(0, "/work")
importlib.invalidate_caches()
from tinygrad_neuron.laboratory.freeing import free_in_a_loop
free_in_a_loop()
import pytest
int(pytest.main([*words]))
`);
process.exit(code);
