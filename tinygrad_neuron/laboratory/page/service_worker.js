// Keeps the folder for use without a network, and isolates its pages, so that what runs can be
// interrupted. KEPT, before this line, has the folder's files and a name that changes with them.
const NAME = `tinygrad_neuron.laboratory ${KEPT.version}`;

addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(KEPT.files.map((file) => new Request(file, { cache: "no-cache" })));
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

function isolated(answer) {
  const headers = new Headers(answer.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  const { status, statusText } = answer;
  return new Response(answer.body, { headers, status, statusText });
}

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const answer = async () => {
    const cache = await caches.open(NAME);
    const folder = request.url.split(/[?#]/)[0] === registration.scope;
    const kept = await cache.match(folder ? "index.html" : request, { ignoreSearch: true });
    return isolated(kept ?? (await fetch(request)));
  };
  event.respondWith(answer());
});
