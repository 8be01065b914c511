// A small network that trains: data, width, activation, rate and start are chosen, and the plane of
// the inputs, the plane of the first two hidden neurons and the loss move.
function network(root, data, NETWORKS) {
  const CELLS = 44;
  const CALLED = { data: "choose data", width: "choose width", activation: "choose activation", rate: "choose rate", seed: "choose seed" };
  const chosen = { ...data.start };
  let parameters, curve, step, timer = null;
  const model = () => NETWORKS[`${chosen.activation} ${chosen.width}`];
  const points = () => data.sets[chosen.data];
  const plane = new Plane(-1.6, 1.6, ["x0 \u2192", "x1 \u2191"], word("plane of inputs"));
  const field = drawn("image", { x: 0, y: 0, width: SIZE, height: SIZE, preserveAspectRatio: "none", class: "field" });
  const dots = drawn("g");
  plane.back.append(field);
  plane.front.append(dots);
  const bent = made("div", { class: "bent" });
  const loss = drawn("svg", { viewBox: "0 0 340 110", role: "img", class: "loss" });
  const told = made("div", { class: "told", role: "status" });
  const places = Array.from({ length: CELLS * CELLS }, (_, k) => [
    -1.6 + (3.2 * ((k % CELLS) + 0.5)) / CELLS, 1.6 - (3.2 * (Math.floor(k / CELLS) + 0.5)) / CELLS]);

  function begin() {
    stop();
    parameters = [...data.parameters[`${chosen.activation} ${chosen.width}`][chosen.seed]];
    [curve, step] = [[], 0];
    dots.replaceChildren(...points().map(([x0, x1, t]) => {
      const shape = pointShape(t, 5);
      shape.setAttribute("transform", `translate(${plane.x(x0)} ${plane.y(x1)})`);
      return shape;
    }));
    draw();
  }

  // One step of gradient descent on the mean of (y - t)\u00b2; false where the numbers have left all bounds.
  function move() {
    const rows = points();
    try {
      const { total, leaves } = model().loss.gradients(rows, parameters);
      if (!Number.isFinite(total) || total > 1e9) return false;
      curve.push(total / rows.length);
      parameters = parameters.map((p, k) => p - (chosen.rate * leaves[k]) / rows.length);
      step++;
      return true;
    } catch {
      return false;
    }
  }

  const outputs = (rows) => model().score.outputs(rows, parameters);

  function draw() {
    let found, seen;
    try {
      found = outputs(places);
      seen = outputs(points());
    } catch {
      return say(word("out of bounds"));
    }
    paint(found.map(([y]) => y));
    const right = seen.filter(([y], i) => y > 0 === points()[i][2] > 0).length;
    drawHidden(seen);
    drawLoss();
    const now = curve.length ? curve.at(-1) : model().loss.gradients(points(), parameters).total / points().length;
    say(word("step and loss", { step, loss: shown(now), right, total: points().length }));
  }

  const say = (text) => (told.textContent = text);

  function paint(values) {
    const canvas = made("canvas", { width: CELLS, height: CELLS });
    const context = canvas.getContext("2d");
    const image = context.createImageData(CELLS, CELLS);
    values.forEach((y, k) => {
      const share = Math.min(1, Math.abs(y));
      image.data.set([...(y > 0 ? [42, 111, 176] : [224, 137, 30]), 40 + 130 * share], 4 * k);
    });
    context.putImageData(image, 0, 0);
    field.setAttribute("href", canvas.toDataURL());
  }

  // Where the hidden layer puts the grid and the points; with one hidden neuron there is no plane.
  function drawHidden(seen) {
    if (chosen.width < 2) {
      bent.replaceChildren(made("p", { class: "how" }, word("one hidden")));
      return;
    }
    const lines = [];
    for (const k of [0, 1]) {
      for (let i = 0; i <= 8; i++) {
        const along = Array.from({ length: 25 }, (_, j) => (k ? [-1.5 + i * 0.375, -1.5 + j * 0.125] : [-1.5 + j * 0.125, -1.5 + i * 0.375]));
        lines.push(outputs(along).map(([, h0, h1]) => [h0, h1]));
      }
    }
    const all = [...lines.flat(), ...seen.map(([, h0, h1]) => [h0, h1])];
    const ends = [0, 1].map((k) => [Math.min(...all.map((h) => h[k])), Math.max(...all.map((h) => h[k]))]);
    const room = ends.map(([low, high]) => 0.08 * (high - low) || 1);
    const hidden = new Plane(ends.map(([low], k) => low - room[k]), ends.map(([, high], k) => high + room[k]),
      ["h0 \u2192", "h1 \u2191"], word("plane of hidden"));
    for (const one of lines) hidden.back.append(drawn("polyline", { class: "grid", points: one.map(([a, c]) => `${hidden.x(a)},${hidden.y(c)}`).join(" ") }));
    if (chosen.width === 2) hidden.back.append(...divide(hidden));
    seen.forEach(([, h0, h1], i) => {
      const shape = pointShape(points()[i][2], 5);
      shape.setAttribute("transform", `translate(${hidden.x(h0)} ${hidden.y(h1)})`);
      hidden.front.append(shape);
    });
    bent.replaceChildren(hidden.svg);
  }

  // The line of the output neuron: its weights are the last three parameters.
  function divide(hidden) {
    const [v0, v1, c] = parameters.slice(-3);
    const length = Math.hypot(v0, v1);
    if (length < 1e-9) return [];
    const foot = [(-c * v0) / length ** 2, (-c * v1) / length ** 2];
    const far = 50;
    const [p, q] = [-far, far].map((s) => [foot[0] - (s * v1) / length, foot[1] + (s * v0) / length]);
    return [drawn("line", { class: "border", x1: hidden.x(p[0]), y1: hidden.y(p[1]), x2: hidden.x(q[0]), y2: hidden.y(q[1]) })];
  }

  function drawLoss() {
    const highest = Math.max(1, ...curve.filter(Number.isFinite));
    const shownCurve = curve.length > 340 ? curve.filter((_, k) => k % Math.ceil(curve.length / 340) === 0) : curve;
    const line = shownCurve.map((y, k) => `${6 + (k / Math.max(1, shownCurve.length - 1)) * 328},${98 - (y / highest) * 84}`);
    loss.replaceChildren(
      drawn("line", { class: "edge", x1: 6, x2: 334, y1: 98, y2: 98 }),
      drawn("polyline", { class: "curve", points: line.join(" ") }),
      drawn("text", { x: 8, y: 12 }, word("loss from", { highest: shown(highest) })));
    loss.setAttribute("aria-label", curve.length ? word("loss over", { steps: curve.length, loss: shown(curve.at(-1)) }) : word("no step"));
  }

  const run = button(word("train"), () => (timer ? stop() : train()));
  function train() {
    run.textContent = word("stop");
    const go = () => {
      let goes = true;
      for (let k = 0; k < 5 && goes; k++) goes = move();
      draw();
      if (!goes) say(word("out of bounds"));
      timer = goes && step < 5000 && root.host.isConnected ? requestAnimationFrame(go) : stop();
    };
    timer = requestAnimationFrame(go);
  }
  function stop() {
    if (timer) cancelAnimationFrame(timer);
    run.textContent = word("train");
    return (timer = null);
  }

  const choices = made("div", { class: "choices" });
  for (const [name, values] of Object.entries(data.choices)) {
    const select = made("select", {}, ...values.map((value) => made("option", { value }, String(value))));
    select.value = chosen[name];
    select.addEventListener("change", () => {
      chosen[name] = values.find((value) => String(value) === select.value);
      if (name !== "rate") begin();
    });
    choices.append(made("label", {}, `${word(CALLED[name])} `, select));
  }
  const buttons = made("div", { class: "buttons" },
    run,
    button(word("one step"), () => {
      stop();
      move();
      draw();
    }),
    button(word("start again"), begin));
  root.append(choices, buttons, told, made("div", { class: "planes" }, plane.svg, bent), loss);
  begin();
}
