// The lines of the program that made the nodes; the one at work is lit, and each leads to its step.

import { element } from "./text.js";
import { offer } from "./tabs.js";

const LINE = /^(.*?):(\d+)(?:: (.*))?$/s;

export class Code {
  // `go(step)` is called with the step of a line that was chosen.
  constructor(box, nodes, go) {
    Object.assign(this, { box, nodes });
    const lines = new Map(); // each line once, with its nodes
    nodes.forEach(({ line }, i) => {
      if (line) lines.set(line, [...(lines.get(line) ?? []), i]);
    });
    offer("code", lines.size > 0);
    this.rows = new Map();
    const found = [...lines].map(([line, made]) => {
      const [, file, number, text] = LINE.exec(line) ?? [null, line, "0", ""];
      return { line, made, file, number: Number(number), text: text ?? "" };
    }).sort((a, b) => a.file.localeCompare(b.file) || a.number - b.number);
    const list = element("ol", { className: "lines" });
    found.forEach((one, k) => {
      const before = found[k - 1];
      if (before?.file !== one.file) list.append(element("li", { className: "remark", textContent: one.file }));
      else if (one.number > before.number + 1) list.append(element("li", { className: "remark", textContent: "⋮" }));
      const button = element("button", { type: "button" }, element("span", { className: "remark", textContent: `${one.number}` }), ` ${one.text}`);
      button.dataset.line = one.line;
      button.addEventListener("click", () => go(one.made));
      this.rows.set(one.line, button);
      list.append(element("li", {}, button));
    });
    box.replaceChildren(list);
  }

  // Light the line of the current node.
  show(node) {
    const { line } = this.nodes[node] ?? {};
    for (const [key, row] of this.rows) {
      if (key === line) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    if (this.rows.has(line) && !this.box.hidden) this.rows.get(line).scrollIntoView({ block: "nearest" });
  }
}
