// What the playground's modules share: elements, numbers in words, and colours.

export const byId = (id) => document.getElementById(id);

export function made(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...inside);
  return element;
}

export function drawn(name, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// A number with so many digits behind the point, and a true minus.
export const shown = (x, digits = 2) => x.toFixed(digits).replace("-", "\u2212");
export const percent = (x) => `${Math.round(1000 * x) / 10} %`;

// The scale of signed numbers of the theme: 0 to 255 for -1 to 1, each as red, green, blue.
let scale = null;
export function colours() {
  if (scale) return scale;
  const style = getComputedStyle(document.documentElement);
  const [low, middle, high] = ["--negative", "--neutral", "--positive"].map((name) =>
    [1, 3, 5].map((k) => parseInt(style.getPropertyValue(name).trim().slice(k, k + 2), 16)));
  scale = new Uint8ClampedArray(3 * 256);
  for (let i = 0; i < 256; i++) {
    const share = (i - 127.5) / 127.5;
    const end = share < 0 ? low : high;
    for (let c = 0; c < 3; c++) scale[3 * i + c] = middle[c] + Math.abs(share) * (end[c] - middle[c]);
  }
  return scale;
}
export const forgetColours = () => (scale = null);

// Numbers of a square grid as a picture, from -1 to 1; what is not finite is left out.
export function paint(canvas, shares) {
  const cells = Math.round(Math.sqrt(shares.length));
  if (canvas.width !== cells) canvas.width = canvas.height = cells;
  const context = canvas.getContext("2d");
  const image = context.createImageData(cells, cells);
  const table = colours();
  for (let k = 0; k < shares.length; k++) {
    const share = shares[k];
    if (!Number.isFinite(share)) continue;
    const i = 3 * Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, share)));
    image.data[4 * k] = table[i];
    image.data[4 * k + 1] = table[i + 1];
    image.data[4 * k + 2] = table[i + 2];
    image.data[4 * k + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// One neuron's numbers out of those of all.
export function responseOf(planes, unit, units) {
  return Float32Array.from({ length: planes.length / units }, (_, k) => planes[k * units + unit]);
}

// With the largest as 1.
export function scaled(numbers) {
  const largest = numbers.reduce((most, y) => Math.max(most, Math.abs(y) || 0), 1e-9);
  return numbers.map((y) => y / largest);
}

// The output as what it says of the classes: from -1, surely 0, to 1, surely 1.
export const answers = (numbers) => numbers.map((y) => Math.tanh(y / 2));
