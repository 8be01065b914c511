// A program in a link: compressed, in the fragment, which no server sees.

const KEY = "#program=";
const LONGEST = 200_000; // characters of a program that a link may hold

const through = (data, stream) =>
  new Response(new Blob([data]).stream().pipeThrough(stream)).arrayBuffer();

// The fragment for a program; "index.html" + fragment opens it in the editor.
export async function link(text) {
  const packed = await through(text, new CompressionStream("deflate-raw"));
  const letters = Array.from(new Uint8Array(packed), (byte) => String.fromCharCode(byte)).join("");
  const base64 = btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return KEY + base64;
}

// The program that a fragment has; null where it has none, an error where it is damaged.
export async function linked(fragment) {
  if (!fragment.startsWith(KEY)) return null;
  try {
    const base64 = fragment.slice(KEY.length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const text = await through(bytes, new DecompressionStream("deflate-raw"));
    if (text.byteLength > LONGEST) throw new Error("too long");
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    throw new Error("The link is damaged: it holds no program. Ask for it again, whole.");
  }
}
