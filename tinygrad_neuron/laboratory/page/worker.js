// Python in a worker: so the page scrolls and types while a program runs. What it understands is
// said in python.js, the other end.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const at = (name) => new URL(name, import.meta.url).href;
const got = async (name, how) => {
  const answer = await fetch(at(name));
  if (!answer.ok) throw new Error(`${name} could not be fetched (${answer.status})`);
  return answer[how]();
};

// Its bytecode comes with it; more of that would be of no use to a later visit.
const ENVIRONMENT = { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" }; // where programs run

let python, session, calls, lesson;
let current = 0; // the request that is being answered

const say = (message, transfer = []) => postMessage({ id: current, ...message }, transfer);

const emit = (event) => say({ event: event.toJs({ dict_converter: Object.fromEntries }) });

async function wheels() {
  const { wheels, packages } = await got("wheels.json", "json");
  return { packages, packed: await Promise.all(wheels.map((name) => got(name, "arrayBuffer"))) };
}

async function start({ stop }) {
  const step = (share, text) => say({ event: { kind: "progress", share, text } });
  step(0.05, word("fetching python"));
  const fetched = wheels();
  const drawing = import("./graphviz/viz.js").then((graphviz) => graphviz.instance());
  python = await loadPyodide({ indexURL: at("pyodide/"), env: ENVIRONMENT });
  step(0.6, word("unpacking"));
  const extractDir = python.runPython("import sys; sys.path[-1]"); // where packages are
  const { packages, packed } = await fetched;
  for (const wheel of packed) python.unpackArchive(wheel, "whl", { extractDir });
  if (packages.length) await python.loadPackage(packages, { messageCallback() {} });
  python.pyimport("importlib").invalidate_caches();
  if (stop) python.setInterruptBuffer(new Int32Array(stop));
  step(0.7, word("importing"));
  const { Session } = python.pyimport("tinygrad_neuron.laboratory.session");
  session = Session(emit, ENVIRONMENT.HOME);
  calls = python.pyimport("tinygrad_neuron.laboratory.calls");
  python.pyimport("tinygrad_neuron.laboratory.freeing").free_in_a_loop();
  step(0.95, word("starting graphviz"));
  const viz = await drawing;
  python.pyimport("tinygrad_neuron.laboratory.graphviz").use((source, format, engine) => {
    const { output = "", errors } = viz.render(source, { format, engine });
    const told = errors.map((e) => (e.level === "warning" ? `Warning: ${e.message}` : e.message));
    return python.toPy({ output, errors: told });
  });
}

const DOES = {
  start,
  run: ({ source, fresh, theme }) => session.run.callKwargs(source, { fresh, theme }),
  complete: ({ source, at }) => JSON.parse(session.complete(source, at)),
  open({ text, spoken }) {
    if (spoken) python.pyimport("tinygrad_neuron.interface").speak(spoken);
    lesson = python.pyimport("tinygrad_neuron.laboratory.lesson_cells").LessonRun(
      text, emit, ENVIRONMENT.HOME,
    );
    session = lesson.session; // what is completed is of the lesson
    return lesson.cells.length;
  },
  cell: ({ cell, source }) => lesson.run(cell, source),
  judge: ({ cell, which, source }) =>
    lesson.judge(cell, which, source).toJs({ dict_converter: Object.fromEntries }),
  call({ name, given }) {
    const made = calls.call(name, JSON.stringify(given));
    if (typeof made === "string") return JSON.parse(made);
    const buffer = made.getBuffer();
    const copy = buffer.data.slice();
    buffer.release();
    made.destroy();
    return copy;
  },
};

onmessage = async ({ data }) => {
  current = data.id;
  try {
    const result = await DOES[data.does](data);
    say({ done: true, result }, ArrayBuffer.isView(result) ? [result.buffer] : []);
  } catch (error) {
    // what cannot be gone on with, as a full stack
    const fatal = Boolean(error.pyodide_fatal_error) || error instanceof RangeError;
    say({ done: true, failed: String(error.message ?? error), fatal });
  }
};
