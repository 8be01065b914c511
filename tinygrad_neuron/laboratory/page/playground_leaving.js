// What was trained, kept in this tab when the playground is left, as for the editor, and had back
// when one returns. A page that is loaded again begins anew, as does another choice.

const KEY = "tinygrad_neuron.playground";

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // nothing is kept here, or something else's
  }
}

// The choices of the playground that was left, as its address has them.
export const address = () => read()?.address ?? "";

export class Leaving {
  #page;
  #kept = Promise.resolve();

  // `page` has `isTraining()`, `pause()`, and `state()`, which promises what is to be kept, or null.
  constructor(page) {
    this.#page = page;
    document.addEventListener("click", async (event) => {
      const link = event.target.closest?.("a[href]");
      const here = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      if (!link || link.target || !here || !page.isTraining()) return;
      event.preventDefault();
      page.pause();
      await this.#kept;
      location.assign(link.href);
    });
  }

  // Keeps what there is now.
  keep() {
    this.#kept = this.#page.state().then((state) => {
      if (state) sessionStorage.setItem(KEY, JSON.stringify({ address: location.hash, ...state }));
    }).catch(() => sessionStorage.removeItem(KEY)); // it is too much, or nothing may be kept
  }

  forget() {
    this.#kept = this.#kept.then(() => sessionStorage.removeItem(KEY)).catch(() => {});
  }

  // What was kept for the choices of this address.
  kept() {
    const [entry] = performance.getEntriesByType("navigation");
    if (entry?.type === "reload") this.forget();
    const kept = entry?.type === "reload" ? null : read();
    return kept?.address === location.hash ? kept : null;
  }
}
