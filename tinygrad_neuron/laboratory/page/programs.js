// The programs that this browser keeps: each example as it was changed, one's own, one from a link.

const KEY = "tinygrad_neuron.laboratory";
const OWN = { name: "own", title: "My program", text: "" };
const FROM_LINK = { name: "link", title: "From a link", text: "" };

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // nothing is kept here, or something else's
  }
}

export class Programs {
  #kept = { open: "", changed: {}, ...read() };

  constructor(examples, shared) {
    this.all = [...examples, OWN];
    if (shared !== null || this.#kept.changed.link) {
      this.all.push({ ...FROM_LINK, text: shared ?? "" });
    }
    if (shared !== null) {
      delete this.#kept.changed.link;
      this.#kept.open = "link";
    }
    if (!this.all.some(({ name }) => name === this.#kept.open)) this.#kept.open = examples[0].name;
  }

  get open() {
    return this.#kept.open;
  }

  get text() {
    return this.#kept.changed[this.open] ?? this.original;
  }

  get isChanged() {
    return this.text !== this.original;
  }

  get original() {
    return this.all.find(({ name }) => name === this.open).text;
  }

  choose(name) {
    this.#kept.open = name;
    this.#keep();
  }

  change(text) {
    this.#kept.changed[this.open] = text;
    if (text === this.original) delete this.#kept.changed[this.open];
    this.#keep();
  }

  #keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // the browser keeps nothing, as in a private window
    }
  }
}
