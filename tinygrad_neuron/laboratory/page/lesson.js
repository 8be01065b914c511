// A lesson of the book: each cell of code can be changed and run, each task is judged here. Python
// starts when it is first asked for. The builder puts before it the words, `word(name)`, and as
// `SPOKEN` those that Python is to say, where a translation was chosen.
import { editor } from "./editor.js";
import { show } from "./outputs.js";
import { Python, Stopped } from "./python.js";

const python = new Python();
const [, name] = /([^/]+)\.html$/.exec(location.pathname);
const cells = [...document.querySelectorAll("article .cell")];
let opened = null; // by this interpreter

function made(kind, properties, ...inside) {
  const element = Object.assign(document.createElement(kind), properties);
  element.append(...inside);
  return element;
}

async function ready(say) {
  await python.start(({ text }) => say(`${text} …`));
  opened ??= (async () => {
    const answer = await fetch(new URL(`lessons/${name}.py`, import.meta.url));
    if (!answer.ok) throw new Error(word("no program"));
    const count = await python.open(await answer.text(), SPOKEN);
    if (count !== cells.length) throw new Error(word("other version"));
  })();
  await opened;
}

// Where a cell's output stands: what it gave is replaced by what it gives now.
function emptied(cell) {
  const place = made("div", { className: "tn-picture tn-lab-shown" });
  cell.querySelectorAll(":scope > .cell_output").forEach((old) => old.remove());
  cell.append(made("div", { className: "cell_output" }, place));
  return place;
}

// A picture that was drawn is dark where the book is, as the book's own are.
const drawn = (place) => place.querySelector(".picture:last-child img").classList.add("tn-drawn");

// An editor with its buttons, in the place of some code. `act(text, onevent)` is what the first of
// them does; it returns what to say.
function laid(place, { text, label, verb, act, old }) {
  const state = made("span", { role: "status", className: "tn-lab-state" });
  const run = made("button", { type: "button", className: "tn-lab-main", textContent: verb });
  const stop = made("button", { type: "button", textContent: word("stop"), disabled: true });
  const back = made("button", { type: "button", textContent: word("as it was") });
  const around = made("div", { className: "tn-lab" });
  const say = (words) => (state.textContent = words);
  const writing = editor(around, { text, label, onrun: go, complete: offered });
  around.append(made("div", { className: "bar" }, run, stop, back, state));

  async function go() {
    if (run.disabled) return;
    run.disabled = true;
    stop.disabled = false;
    writing.mark(null);
    try {
      await ready(say);
      say(word("runs now"));
      say(await act(writing.text, (event) => {
        if (event.kind === "progress") say(`${event.text} …`);
        if (event.kind === "error") writing.mark(event);
      }));
    } catch (error) {
      say(error instanceof Stopped ? word("was stopped here") : error.message);
      if (!python.isReady) opened = null;
    }
    run.disabled = false;
    stop.disabled = true;
  }

  run.addEventListener("click", go);
  stop.addEventListener("click", () => python.stop());
  back.addEventListener("click", () => {
    writing.text = text;
    writing.mark(null);
    say("");
  });
  old.replaceWith(around);
  writing.focus();
  ready(say).then(() => say(word("ready to run")), (error) => say(error.message));
}

const offered = (text, at) =>
  python.isReady && !python.isBusy ? python.complete(text, at) : null;

function opener(words, onclick) {
  const button = made("button", { type: "button", className: "tn-lab-open", textContent: words });
  button.addEventListener("click", onclick, { once: true });
  return button;
}

cells.forEach((cell, index) => {
  const input = cell.querySelector(".cell_input");
  if (input) {
    const text = input.querySelector("pre").textContent.trimEnd();
    const open = opener(word("edit and run"), () => {
      open.remove();
      laid(cell, {
        text, label: word("a lesson's cell"), verb: word("run a cell"), old: input.firstElementChild,
        async act(source, onevent) {
          const places = new Map();
          const well = await python.cell(index, source, (event) => {
            onevent(event);
            const number = event.cell ?? index;
            if (event.kind === "progress") return;
            if (!places.has(number)) places.set(number, emptied(cells[number]));
            show(places.get(number), event);
            if (event.kind === "image" && event.type === "image/svg+xml") drawn(places.get(number));
          });
          if (!places.has(index)) emptied(cell);
          return python.ended(well);
        },
      });
    });
    input.append(open);
  }
  [...cell.querySelectorAll(".tn-asked.task")].forEach((task, which) => {
    const start = task.querySelector("pre.tn-in-book");
    const said = made("p", { className: "tn-said" });
    said.role = "status";
    const open = opener(word("write it here"), () => {
      open.remove();
      laid(task, {
        text: start.textContent, label: word("code for the task"), verb: word("check"), old: start,
        async act(source, onevent) {
          const { right, message } = await python.judge(index, which, source, onevent);
          said.className = `tn-said ${right ? "right" : "wrong"}`;
          said.innerHTML = `${right ? "✓" : "✗"} ${message}`;
          return "";
        },
      });
      task.querySelector("p.tn-in-book")?.remove(); // where else it can be written
      task.querySelector(".tn-lab").after(said);
    });
    start?.after(open);
  });
});
