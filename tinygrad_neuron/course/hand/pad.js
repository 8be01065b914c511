// A pad of square pixels to draw on, and what networks read there: their shares as bars.
function pad(root, data, programs) {
  const { size, images } = data;
  let ink = [...data.start];
  let erases = false;
  const cell = SIZE / size;
  const squares = ink.map((_, k) => drawn("rect", {
    x: (k % size) * cell, y: Math.floor(k / size) * cell, width: cell, height: cell, class: "grid" }));
  const at = drawn("rect", { width: cell, height: cell, class: "around" });
  const svg = drawn("svg", { viewBox: `-2 -2 ${SIZE + 4} ${SIZE + 4}`, tabindex: 0, role: "application",
    class: "handle", "aria-label": word("pad") }, ...squares, at);
  svg.style.touchAction = "none";
  let here = 0;

  // A pen that is a little wider than a pixel: the neighbours get some ink, too.
  function draw(k, strength = 1) {
    const [row, column] = [Math.floor(k / size), k % size];
    if (erases) ink[k] = 0;
    else {
      ink[k] = strength;
      for (const [down, across] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
        const [r, c] = [row + down, column + across];
        if (r >= 0 && r < size && c >= 0 && c < size) ink[r * size + c] = Math.max(ink[r * size + c], 0.3 * strength);
      }
    }
    tell();
  }

  function move(down, across) {
    ink = ink.map((_, k) => {
      const [row, column] = [Math.floor(k / size) - down, (k % size) - across];
      return row >= 0 && row < size && column >= 0 && column < size ? ink[row * size + column] : 0;
    });
    tell();
  }

  const pixel = (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const [row, column] = [y, x].map((place) => Math.floor(place / cell));
    return row >= 0 && row < size && column >= 0 && column < size ? row * size + column : null;
  };
  const drawAt = (event) => {
    const k = pixel(event);
    if (k !== null) draw(k);
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    svg.focus({ preventScroll: true });
    drawAt(event);
  });
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && drawAt(event));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (!by) return draw(here);
    const row = Math.max(0, Math.min(size - 1, Math.floor(here / size) + by[0]));
    here = row * size + Math.max(0, Math.min(size - 1, (here % size) + by[1]));
    mark();
  });
  const mark = () => {
    at.setAttribute("x", (here % size) * cell);
    at.setAttribute("y", Math.floor(here / size) * cell);
  };

  const bars = Object.keys(programs).map((name) => {
    const rows = data.names.map((label) => {
      const bar = made("div", { class: "filled" });
      return [bar, made("div", { class: "share" }, made("span", {}, label), made("div", { class: "track" }, bar))];
    });
    const box = made("div", { class: "reads" }, made("div", { class: "name" }, name), ...rows.map(([, row]) => row));
    return [name, rows.map(([bar]) => bar), box];
  });
  const told = made("div", { class: "told", role: "status" });

  function tell() {
    squares.forEach((square, k) => square.setAttribute("style", `fill: var(--high); fill-opacity: ${ink[k]}`));
    const reads = bars.map(([name, rows]) => {
      const shares = programs[name].outputs([ink], programs[name].data)[0];
      const best = shares.indexOf(Math.max(...shares));
      rows.forEach((bar, k) => {
        bar.style.width = `${100 * shares[k]}%`;
        bar.classList.toggle("best", k === best);
      });
      return `${name}: ${data.names[best]} (${Math.round(100 * shares[best])}%)`;
    });
    told.textContent = reads.join("\n");
  }

  const pen = button(word("erase"), () => {
    erases = !erases;
    pen.textContent = word(erases ? "draw" : "erase");
  });
  const clear = button(word("clear"), () => {
    ink = ink.map(() => 0);
    tell();
  });
  const moves = [["\u2190", 0, -1, "move left"], ["\u2192", 0, 1, "move right"], ["\u2191", -1, 0, "move up"], ["\u2193", 1, 0, "move down"]]
    .map(([sign, down, across, name]) => {
      const one = button(sign, () => move(down, across));
      one.setAttribute("aria-label", word(name));
      return one;
    });
  const examples = images.map((image, k) => button(data.names[k], () => {
    ink = [...image];
    tell();
  }));
  const how = made("p", { class: "how" }, data.how);
  root.append(
    made("div", { class: "beside" }, svg, made("div", {}, ...bars.map(([, , box]) => box), told)),
    made("div", { class: "buttons" }, ...moves, pen, clear),
    made("div", { class: "buttons" }, ...examples), how);
  mark();
  tell();
}
