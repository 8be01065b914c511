// The editor page.
import { editor } from "./editor.js";
import { show } from "./outputs.js";
import { Python, Stopped } from "./python.js";

const $ = (id) => document.getElementById(id);
const python = new Python();

const START = `from tinygrad_neuron import Value, walkthrough

w = Value(0.5, label="w")
x = Value(2.0, label="x")
b = Value(-1.5, label="b")
y = (w * x + b).tanh()
y.backward()
y
`;

const writing = editor($("editor"), { text: START, label: "The program", onrun: run });

function ready() {
  return python.start(({ text }) => ($("state").textContent = `${text} …`)).then(
    () => ($("state").textContent = "Ready"),
    (error) => ($("state").textContent = `Python could not be started: ${error.message}`),
  );
}

async function run() {
  if ($("run").disabled) return;
  $("run").disabled = true;
  $("stop").disabled = false;
  await ready();
  $("state").textContent = "Running …";
  $("shown").replaceChildren();
  try {
    const onevent = (event) => show($("shown"), event);
    const well = await python.run(writing.text, { fresh: true, onevent });
    $("state").textContent = well ? "Done" : "Ended with an error";
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    $("state").textContent = "Stopped";
  } finally {
    $("run").disabled = false;
    $("stop").disabled = true;
  }
}

$("run").addEventListener("click", run);
$("stop").addEventListener("click", async () => {
  if (!(await python.stop())) await ready();
});
ready();
