// A neuron with two inputs: its line, its weight vector and the points can be dragged.
function line(root, data, NEURON) {
  const plane = new Plane(data.low, data.high, ["x0 \u2192", "x1 \u2191"], word("plane of inputs"));
  const start = structuredClone({ w: data.weights, b: data.bias, points: data.points });
  let { w, b, points } = structuredClone(start);
  let chosen = data.chosen ?? 0;
  let corrections = 0;
  let next = 0;
  const compute = (x) => NEURON.outputs([[...w, b, ...x]], NEURON.data)[0][0];
  const norm = () => Math.hypot(...w);
  const isWrong = ([x0, x1, target]) => compute([x0, x1]) > 0 !== target > 0;

  // The foot: the place on the line that is nearest to the middle of the picture.
  const middle = [0, 1].map((k) => (plane.low[k] + plane.high[k]) / 2);
  const foot = () => {
    const d = compute(middle) / norm() ** 2;
    return middle.map((at, k) => at - d * w[k]);
  };
  const reach = (plane.high[0] - plane.low[0]) / 5; // the length of the arrow for the norm `unit`
  const unit = data.unit ?? Math.max(norm(), 1);
  const tip = () => foot().map((at, k) => at + (w[k] / unit) * reach);

  const half = drawn("polygon", { class: "yes" });
  const border = drawn("line", { class: "border" });
  const grip = drawn("line", { class: "grip" });
  const arrow = drawn("line", { class: "arrow" });
  const head = drawn("polygon", { class: "head", points: "0,0 -13,-6 -13,6" });
  const knob = drawn("circle", { class: "knob", r: 9 });
  const away = drawn("line", { class: "away" });
  plane.back.append(half, away, border, grip, arrow, head);
  plane.front.append(knob);
  const shapes = points.map(([, , target], i) => {
    const group = drawn("g", {}, drawn("circle", { r: 15, class: "around" }), pointShape(target));
    plane.front.append(group);
    plane.drag(group, word("point with target", { number: i + 1, target }), () => points[i].slice(0, 2), (place) => {
      points[i] = [...place, target];
      chosen = i;
      draw();
    }, () => `x0 ${shown(points[i][0])}, x1 ${shown(points[i][1])}`);
    group.addEventListener("focus", () => {
      chosen = i;
      draw();
    });
    return group;
  });
  let from = null; // where the line was when it was taken
  for (const element of [grip, knob]) element.addEventListener("pointerdown", () => (from = foot()));
  plane.drag(grip, word("the line"), foot, (place) => {
    b = -(w[0] * place[0] + w[1] * place[1]);
    draw();
  }, () => word("bias is", { value: shown(b) }));
  plane.drag(knob, word("the weight vector"), tip, (place) => {
    const at = document.activeElement === knob || from ? from ?? foot() : foot();
    const turned = place.map((to, k) => ((to - at[k]) / reach) * unit);
    if (Math.hypot(...turned) < 0.05 * unit) return;
    w = turned;
    b = -(w[0] * at[0] + w[1] * at[1]);
    draw();
  }, () => `w0 ${shown(w[0])}, w1 ${shown(w[1])}`);
  knob.addEventListener("pointerup", () => (from = null));

  const told = made("div", { class: "told", role: "status" });
  const again = button(word("start again"), () => {
    ({ w, b, points } = structuredClone(start));
    corrections = next = 0;
    draw();
  });
  const buttons = made("div", { class: "buttons" });
  if (data.learns) {
    buttons.append(
      button(word("correct next"), () => correct()),
      button(word("correct all"), () => {
        for (let k = 0; k < 100 && correct(); k++);
      }));
  }
  buttons.append(again);

  // One correction of the learning rule, for the next example in turn that is wrong.
  function correct() {
    for (let k = 0; k < points.length; k++) {
      const i = (next + k) % points.length;
      if (!isWrong(points[i])) continue;
      const [x0, x1, target] = points[i];
      const error = target > 0 ? 1 : -1;
      w = [w[0] + error * x0, w[1] + error * x1];
      b += error;
      chosen = i;
      next = i + 1;
      corrections++;
      draw();
      return true;
    }
    return false;
  }

  function draw() {
    const hasLine = norm() > 1e-9;
    for (const element of [half, border, grip, arrow, head, knob, away]) element.toggleAttribute("hidden", !hasLine);
    if (hasLine) drawLine();
    shapes.forEach((group, i) => {
      group.setAttribute("transform", `translate(${plane.x(points[i][0])} ${plane.y(points[i][1])})`);
      group.classList.toggle("mistake", isWrong(points[i]));
      group.classList.toggle("chosen", i === chosen);
    });
    tell(hasLine);
  }

  function drawLine() {
    const [px, py] = foot();
    const far = 2 * (plane.high[0] - plane.low[0]);
    const [ux, uy] = w.map((part) => part / norm());
    const a = [px - uy * far, py + ux * far];
    const c = [px + uy * far, py - ux * far];
    const at = ([x, y]) => `${plane.x(x)},${plane.y(y)}`;
    half.setAttribute("points", [a, c, [c[0] + ux * far, c[1] + uy * far], [a[0] + ux * far, a[1] + uy * far]].map(at).join(" "));
    for (const element of [border, grip]) set(element, a, c);
    set(arrow, [px, py], tip());
    const angle = (Math.atan2(-uy, ux) * 180) / Math.PI;
    const [tx, ty] = tip();
    head.setAttribute("transform", `translate(${plane.x(tx)} ${plane.y(ty)}) rotate(${angle})`);
    knob.setAttribute("cx", plane.x(tx));
    knob.setAttribute("cy", plane.y(ty));
    const [x0, x1] = points[chosen];
    const d = compute([x0, x1]) / norm();
    set(away, [x0, x1], [x0 - d * ux, x1 - d * uy]);
  }

  function set(element, [x1, y1], [x2, y2]) {
    const ends = { x1: plane.x(x1), y1: plane.y(y1), x2: plane.x(x2), y2: plane.y(y2) };
    for (const [key, value] of Object.entries(ends)) element.setAttribute(key, value);
  }

  function tell(hasLine) {
    const [x0, x1, target] = points[chosen];
    const z = compute([x0, x1]);
    const wrong = points.filter(isWrong).length;
    const sums = `${shown(w[0])} \u00b7 ${bracketed(x0)} ${signed(w[1])} \u00b7 ${bracketed(x1)} ${signed(b)}`;
    const lines = [
      `w0 = ${shown(w[0])}   w1 = ${shown(w[1])}   b = ${shown(b)}`,
      `\u2016w\u2016 = ${shown(norm())}`,
      word("marked point", { sum: `${sums} = ${shown(z)}` }),
      hasLine ? word("distance", { value: shown(z / norm()) }) : word("no line"),
      word(z > 0 ? "fires" : "silent", { target }),
      word(corrections > 1 ? "mistakes after" : corrections ? "mistakes after one" : "mistakes", { wrong, total: points.length, corrections })];
    told.replaceChildren(...lines.map((text, k) => made("div", k === 5 ? { class: wrong ? "count" : "count done" } : {}, text)));
  }

  const how = made("p", { class: "how" }, word("drag the line"));
  root.append(made("div", { class: "beside" }, plane.svg, made("div", {}, told, how, buttons)));
  draw();
}

function button(text, pressed) {
  const element = made("button", { type: "button" }, text);
  element.addEventListener("click", pressed);
  return element;
}
