// Logits that are moved: the probabilities, the loss and what it sends back follow.
function logits(root, data, PROGRAMS) {
  let z, right;
  const bar = () => made("div", { class: "bar" }, made("span"));
  const rows = data.names.map((name, k) => {
    const row = {
      name: made("button", { type: "button", title: word("make right") }, name),
      slider: made("input", { type: "range", min: -6, max: 6, step: 0.1, "aria-label": word("logit of", { name }) }),
      z: made("output"), p: bar(), pull: bar(),
      pShown: made("output"), pullShown: made("output"),
    };
    row.slider.addEventListener("input", () => {
      z[k] = Number(row.slider.value);
      draw();
    });
    row.slider.addEventListener("keydown", (event) => event.stopPropagation());
    row.name.addEventListener("click", () => {
      right = k;
      draw();
    });
    return row;
  });
  const told = made("div", { class: "told", role: "status" });
  const fixed = (x) => x.toFixed(3).replace("-", "\u2212");

  function draw() {
    const [shares] = PROGRAMS.shares.outputs([[]], z);
    const { total, leaves } = PROGRAMS.losses[right].gradients([[]], z);
    rows.forEach((row, k) => {
      row.name.setAttribute("aria-pressed", k === right);
      row.slider.value = z[k];
      row.z.textContent = shown(z[k]);
      row.pShown.textContent = fixed(shares[k]);
      row.pullShown.textContent = fixed(leaves[k]);
      row.p.firstChild.style.width = `${100 * shares[k]}%`;
      const [half, pull] = [row.pull.firstChild, leaves[k]];
      half.style.left = `${50 + 50 * Math.min(pull, 0)}%`;
      half.style.width = `${50 * Math.abs(pull)}%`;
      half.className = pull < 0 ? "minus" : "";
    });
    told.textContent = word("right one", { name: data.names[right], p: fixed(shares[right]), loss: fixed(total) });
  }

  function begin() {
    [z, right] = [[...data.logits], data.target];
    draw();
  }

  const head = [word("the right one"), word("logit"), "", "p", "", word("gradient"), ""];
  const table = made("div", { class: "logits" },
    ...head.map((text) => made("span", { class: "head", "aria-hidden": "true" }, text)),
    ...rows.flatMap((row) => [row.name, row.slider, row.z, row.p, row.pShown, row.pull, row.pullShown]));
  const how = made("p", { class: "how" }, word("move the logits"));
  root.append(table, told, how, made("div", { class: "buttons" }, button(word("start again"), begin)));
  begin();
}
