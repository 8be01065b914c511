// A neuron with one input: the middle of its step, its slope there and the input can be dragged.
function neuron(root, data, NEURON) {
  const plane = new Plane([data.low, -0.25], [data.high, 1.25], ["x \u2192", "y \u2191"], word("curve of neuron"));
  let { w, b, x } = data;
  const at = (place) => NEURON.outputs([[w, b, place]], NEURON.data)[0][0];
  const middle = () => -b / w;
  const ARM = 80; // how far from the middle the tangent is held, in units of the drawing
  const [unitX, unitY] = [SIZE / (data.high - data.low), SIZE / 1.5];
  // The end of the tangent, to the right of the middle.
  const end = (side = 1) => {
    const length = Math.hypot(unitX, (w / 4) * unitY);
    return [middle() + (side * ARM) / length, 0.5 + (side * ARM * (w / 4)) / length];
  };

  const tangent = drawn("line", { class: "away" });
  const curve = drawn("polyline", { class: "border" });
  const down = drawn("line", { class: "away" });
  const place = drawn("circle", { class: "knob", r: 9 });
  const slope = drawn("rect", { class: "knob", x: -8, y: -8, width: 16, height: 16 });
  const here = drawn("g", {}, drawn("circle", { r: 15, class: "around" }), drawn("circle", { r: 7, class: "point high" }));
  plane.back.append(tangent, down, curve);
  plane.front.append(slope, place, here);
  plane.drag(place, word("middle of step"), () => [middle(), 0.5], ([to]) => {
    b = -w * to;
    draw();
  }, () => `x ${shown(middle())}, ${word("bias is", { value: shown(b) })}`);
  plane.drag(slope, word("the slope"), () => end(), ([across, up]) => {
    const was = middle();
    const slant = (4 * (up - 0.5)) / Math.max(across - was, 0.04);
    w = Number(Math.max(-30, Math.min(30, Math.abs(slant) < 0.2 ? 0.2 * Math.sign(slant || 1) : slant)).toFixed(2));
    b = -w * was;
    draw();
  }, () => word("weight is", { value: shown(w) }));
  plane.drag(here, word("the input"), () => [x, at(x)], ([to]) => {
    x = to;
    draw();
  }, () => `x ${shown(x)}, y ${shown(at(x))}`);

  const told = made("div", { class: "told", role: "status" });
  function draw() {
    const places = Array.from({ length: 201 }, (_, k) => data.low + ((data.high - data.low) * k) / 200);
    curve.setAttribute("points", places.map((p) => `${plane.x(p)},${plane.y(at(p))}`).join(" "));
    const put = (element, px, py) => element.setAttribute("transform", `translate(${plane.x(px)} ${plane.y(py)})`);
    put(place, middle(), 0.5);
    put(slope, ...end());
    put(here, x, at(x));
    const [[x1, y1], [x2, y2]] = [end(-1), end()];
    const ends = { x1, y1, x2, y2 };
    for (const [key, value] of Object.entries(ends)) tangent.setAttribute(key, plane[key[0]](value));
    for (const [key, value] of Object.entries({ x1: x, y1: 0, x2: x, y2: at(x) })) down.setAttribute(key, plane[key[0]](value));
    told.replaceChildren(...[
      `w = ${shown(w)}   b = ${shown(b)}`,
      word("middle is", { value: shown(middle()) }),
      word("slope is", { value: shown(w / 4) }),
      word("input gives", { x: shown(x), sum: `${shown(w)} \u00b7 ${bracketed(x)} ${signed(b)} = ${shown(w * x + b)}` }),
      `y = sigmoid(z) = ${shown(at(x))}`].map((text) => made("div", {}, text)));
  }
  const again = button(word("start again"), () => {
    ({ w, b, x } = data);
    draw();
  });
  const how = made("p", { class: "how" }, word("drag the neuron"));
  root.append(made("div", { class: "beside" }, plane.svg, made("div", {}, told, how, made("div", { class: "buttons" }, again))));
  draw();
}
