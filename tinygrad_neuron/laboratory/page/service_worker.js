// Keeps the folder for use without a network, and isolates its pages, so that what runs can be
// interrupted. KEPT, before this line, has a name that changes with the folder's content, and the
// files with their digests.
const NAME = `tinygrad_neuron.laboratory ${KEPT.version}`;

function isolated(answer) {
  const headers = new Headers(answer.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  const { status, statusText } = answer;
  return new Response(answer.body, { headers, status, statusText });
}

// A file as the browser has it from a moment ago, or, where that is an older one, fetched again.
async function right(file, digest) {
  for (const cache of ["default", "reload"]) {
    const answer = await fetch(new Request(file, { cache }));
    const bytes = await answer.clone().arrayBuffer();
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const text = Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (answer.ok && text === digest) return isolated(answer);
  }
  throw new Error(`${file} is not the file of this version`);
}

addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(NAME);
    for (const [file, digest] of Object.entries(KEPT.files)) {
      await cache.put(file, await right(file, digest));
    }
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  const renew = async () => {
    const [prefix] = NAME.split(" ");
    for (const name of await caches.keys()) {
      if (name.startsWith(`${prefix} `) && name !== NAME) await caches.delete(name);
    }
    await clients.claim();
  };
  event.waitUntil(renew());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const answer = async () => {
    const cache = await caches.open(NAME);
    const folder = request.url.split(/[?#]/)[0] === registration.scope;
    const kept = await cache.match(folder ? "index.html" : request, { ignoreSearch: true });
    return kept ?? isolated(await fetch(request));
  };
  event.respondWith(answer());
});
