// What a program printed and showed, below it, as in a notebook.

const FRAME = "allow-scripts allow-modals";
const PAGE = 940; // pixels that a page which was written to a file is high
// Says how high it is, so that its frame can be.
const MEASURE = `<script>new ResizeObserver(() => parent.postMessage({ height:
  document.documentElement.scrollHeight }, "*")).observe(document.documentElement);
  addEventListener("message", ({ data }) => data?.theme &&
    (document.documentElement.style.colorScheme = data.theme));</script>`;

addEventListener("message", ({ data, source }) => {
  const frame = [...document.querySelectorAll("iframe.shown")].find((one) => one.contentWindow === source);
  if (!frame) return;
  const { height, escape } = data ?? {};
  if (height > 0 && frame.classList.contains("measured")) frame.style.height = `${Math.min(height, 4000)}px`;
  if (escape) frame.parentElement.focus({ preventScroll: true }); // the keyboard is the page's again
});

function made(kind, properties) {
  return Object.assign(document.createElement(kind), properties);
}

function printed(place, { kind, text }) {
  const last = place.lastElementChild;
  const is = `printed ${kind}`;
  if (last?.className === is) last.append(text);
  else place.append(made("pre", { className: is, textContent: text, tabIndex: 0 }));
}

function image({ type, data, alt }) {
  const picture = made("img", { alt, src: `data:${type};base64,${data}` });
  const around = made("div", { className: "picture", tabIndex: 0, role: "group" });
  around.ariaLabel = word("drawn picture");
  around.append(picture);
  return around;
}

// In a frame that can reach neither this page nor what it keeps.
function framed({ html, title, height }) {
  const frame = made("iframe", { className: "shown", title, srcdoc: html });
  frame.setAttribute("sandbox", FRAME);
  if (height) frame.style.height = `${height}px`;
  else {
    frame.classList.add("measured");
    const scheme = `<meta charset="utf-8"><style>:root { color-scheme: light dark; }
      body { margin: 0; font: 1rem/1.5 system-ui; }</style>`;
    frame.srcdoc = `<!doctype html>${scheme}${html}${MEASURE}`;
  }
  return frame;
}

function failed({ message, line, text }) {
  const place = made("div", { className: "error" });
  place.role = "alert";
  const said = line ? word("error at line", { line, message }) : message;
  place.append(made("p", { textContent: said }));
  if (text && text !== message) {
    const whole = made("details");
    whole.append(made("summary", { textContent: word("the way there") }));
    whole.append(made("pre", { textContent: text, tabIndex: 0 }));
    place.append(whole);
  }
  return place;
}

// A file that the program wrote: what can be seen of it, and a button that saves it.
function file({ name, type, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const place = made("figure", { className: "file" });
  const save = made("button", { type: "button", textContent: word("download") });
  save.ariaLabel = word("download file", { name });
  save.addEventListener("click", () => {
    const href = URL.createObjectURL(new Blob([bytes], { type }));
    made("a", { href, download: name.split("/").at(-1) }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  });
  const said = made("figcaption", {});
  said.append(`${word("program wrote")} `, made("code", { textContent: name }), save);
  place.append(said);
  if (/^image\/(svg|png|gif|jpeg|webp)/.test(type)) place.append(image({ type, data, alt: name }));
  if (type === "text/html") {
    place.tabIndex = -1; // for the keyboard to come back to
    place.append(framed({ html: new TextDecoder().decode(bytes), title: name, height: PAGE }));
  }
  return place;
}

const caption = ({ text }) => made("p", { className: "caption", textContent: text });
const SHOWN = { file, image, caption, html: framed, error: failed };

// Appends what an event of a session shows to its place.
export function show(place, event) {
  place.tabIndex = -1; // for the keyboard to come back to from a frame
  const kind = SHOWN[event.kind];
  if (kind) place.append(kind(event));
  else if (event.text !== undefined) printed(place, event);
}
