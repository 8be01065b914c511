// The editor page: programs to choose from, one at a time; run, stop, link, theme.
import { link, linked } from "./links.js";
import { keep } from "./offline.js";
import { show } from "./outputs.js";
import { address } from "./playground_leaving.js";
import { Programs } from "./programs.js";
import { Python, Stopped } from "./python.js";
import { theme, themes } from "./themes.js";

const $ = (id) => document.getElementById(id);
const python = new Python();
const welcome = $("shown").firstElementChild;
const say = (text) => ($("state").textContent = text);
const progress = ({ share, text }) => {
  $("progress").value = share;
  say(`${text} …`);
};
python.start(progress).catch(() => {}); // while the editor is loaded; `ready` tells what went wrong
const { editor } = await import("./editor.js");

const shared = await linked(location.hash).catch((error) => {
  $("damaged").textContent = error.message;
  $("damaged").hidden = false;
  return null;
});
const programs = new Programs(await (await fetch("examples.json")).json(), shared);

const writing = editor($("editor"), {
  text: programs.text,
  label: "The program; Tab indents, Escape and then Tab leaves it",
  onrun: run,
  onchange() {
    programs.change(writing.text);
    named();
  },
  complete: (text, at) => (python.isReady && !python.isBusy ? python.complete(text, at) : null),
});

function named() {
  $("original").hidden = !programs.isChanged || programs.open === "own";
  $("from-link").hidden = programs.open !== "link";
}

function opened() {
  writing.text = programs.text;
  writing.mark(null);
  $("shown").replaceChildren(welcome);
  named();
}

async function ready() {
  $("progress").hidden = false;
  try {
    await python.start(progress);
    say("Ready: press Run, or Ctrl+Enter");
    keep();
  } catch (error) {
    say(`Python could not be started: ${error.message}`);
  }
  $("progress").hidden = true;
}

async function run() {
  if ($("run").disabled) return;
  $("run").disabled = true;
  $("stop").disabled = false;
  if (!python.isReady) await ready();
  if (python.isReady) await execute();
  $("run").disabled = false;
  $("stop").disabled = true;
}

async function execute() {
  say("Running …");
  writing.mark(null);
  $("shown").replaceChildren();
  const began = performance.now();
  const onevent = (event) => {
    show($("shown"), event);
    if (event.kind === "error") writing.mark(event);
  };
  try {
    const well = await python.run(writing.text, { fresh: true, theme: theme(), onevent });
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    say(python.ended(well) + (well ? ` in ${seconds} s` : ""));
  } catch (error) {
    say(error instanceof Stopped ? "Stopped" : "Python has ended");
    if (!(error instanceof Stopped)) show($("shown"), { kind: "error", message: error.message });
  }
}

for (const { name, title } of programs.all) $("programs").append(new Option(title, name));
$("programs").value = programs.open;
$("programs").addEventListener("change", () => {
  history.replaceState(null, "", location.pathname);
  programs.choose($("programs").value);
  opened();
});
$("original").addEventListener("click", () => {
  programs.change(programs.original);
  opened();
});
$("run").addEventListener("click", run);
$("stop").addEventListener("click", async () => {
  say("Stopping …");
  if (!(await python.stop())) await ready();
});
$("link").addEventListener("click", async () => {
  const fragment = await link(writing.text);
  history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied: whoever opens it finds this program");
  } catch {
    say("The link is in the address bar: whoever opens it finds this program");
  }
});
addEventListener("hashchange", () => location.reload());
themes($("theme"), () => {
  if ($("shown").querySelector(".picture")) say("Run again: pictures then have these colours too");
});
for (const one of document.querySelectorAll("a[href='playground.html']")) one.href += address();
named();
ready();
