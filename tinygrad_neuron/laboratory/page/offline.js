const WAIT = 2000; // milliseconds: the first program comes first

// Keeps the laboratory in this browser once Python has started: then it needs no network.
export async function keep() {
  await new Promise((later) => setTimeout(later, WAIT));
  try {
    await navigator.serviceWorker?.register(new URL("service_worker.js", import.meta.url));
  } catch {
    // the browser keeps nothing, as in a private window; everything works but for that
  }
}
