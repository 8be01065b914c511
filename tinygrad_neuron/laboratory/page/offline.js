// Keeps the laboratory in this browser once Python has started: then it needs no network.
export async function keep() {
  try {
    await navigator.serviceWorker?.register(new URL("service_worker.js", import.meta.url));
  } catch {
    // the browser keeps nothing, as in a private window; everything works but for that
  }
}
