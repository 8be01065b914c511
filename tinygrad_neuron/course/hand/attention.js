// Attention over a few keys in the plane: the query is dragged, and the shares are dealt anew.
function attention(root, data, SHARES) {
  const plane = new Plane(-data.reach, data.reach, [`${word("first number")} \u2192`, `${word("second number")} \u2191`], word("plane of keys"));
  let query = [...data.query];
  const line = drawn("line", { class: "arrow" });
  const tip = drawn("circle", { class: "knob", r: 10 });
  const put = (element, [x, y]) => element.setAttribute("transform", `translate(${plane.x(x)} ${plane.y(y)})`);
  const points = data.keys.map((key, k) => {
    const circle = drawn("circle", { class: "point high" });
    const text = drawn("text", { y: -14, "text-anchor": "middle" }, data.names[k]);
    const group = drawn("g", {}, circle, text);
    put(group, key);
    plane.back.append(group);
    return circle;
  });
  plane.back.append(line);
  plane.front.append(tip);
  const rows = data.names.map((name) => {
    const bar = made("div", { class: "filled" });
    const number = made("span", {});
    return [bar, number, made("div", { class: "share" }, made("span", { style: "width: 3.2em" }, name),
      made("div", { class: "track" }, bar), number)];
  });
  const told = made("div", { class: "told", role: "status" });
  const shares = () => SHARES.outputs([query], SHARES.data)[0];
  plane.drag(tip, word("the query"), () => query, (place) => {
    query = place;
    draw();
  }, () => word("query at", { first: shown(query[0]), second: shown(query[1]) }));

  function draw() {
    const [x1, y1, x2, y2] = [plane.x(0), plane.y(0), plane.x(query[0]), plane.y(query[1])];
    for (const [key, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(key, value);
    put(tip, query);
    const found = shares();
    const y = found[found.length - 1];
    const best = found.indexOf(Math.max(...found.slice(0, -1)));
    rows.forEach(([bar, number], k) => {
      bar.style.width = `${100 * found[k]}%`;
      bar.classList.toggle("best", k === best);
      number.textContent = found[k].toFixed(3);
      points[k].setAttribute("r", 4 + 12 * found[k]);
    });
    told.replaceChildren(
      made("div", {}, `query = (${shown(query[0])}, ${shown(query[1])})`),
      made("div", {}, `y = ${rows.map((_, k) => `${found[k].toFixed(3)} \u00b7 ${data.values[k]}`).join(" + ")} = ${y.toFixed(1)}`));
  }
  const again = button(word("start again"), () => {
    query = [...data.query];
    draw();
  });
  const how = made("p", { class: "how" }, word("drag the query"));
  root.append(made("div", { class: "beside" }, plane.svg,
    made("div", {}, ...rows.map(([, , row]) => row), told, how, made("div", { class: "buttons" }, again))));
  draw();
}
