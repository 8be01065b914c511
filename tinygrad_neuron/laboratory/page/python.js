// The page's end of Python: requests to the worker, and what comes back.
//
//   const python = new Python();
//   await python.start(({ share, text }) => ...);
//   await python.run("1 + 1", { onevent: (event) => ... });  // true if all went well
//   await python.call("tinygrad_neuron.laboratory.playground:step", { steps: 10 });
//   await python.stop();                                     // a running program ends

const WAIT = 1500; // milliseconds in which an interrupted program has to end
const AGAIN = 200; // until it is interrupted again: what comes while a value dies is not heard

export class Stopped extends Error {} // by the button
export class Ended extends Error {} // by itself

export class Python {
  #worker = null;
  #waiting = new Map();
  #count = 0;
  #started = null;
  #ready = false;
  #wasStopped = false;
  #stop = self.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null;

  get isReady() {
    return this.#ready;
  }

  get isBusy() {
    return this.#waiting.size > 0;
  }

  // Starts the interpreter once; later calls wait for the same one.
  start(onprogress = () => {}) {
    this.#started ??= this.#begin(onprogress).catch((error) => {
      this.#end(error);
      throw error;
    });
    return this.#started;
  }

  async run(source, { fresh = false, theme = "", onevent = () => {} } = {}) {
    await this.start();
    return this.#ask({ does: "run", source, fresh, theme }, onevent);
  }

  async complete(source, at) {
    await this.start();
    return this.#ask({ does: "complete", source, at });
  }

  // Calls a function of Python, "module:function", with arguments by name that JSON can say;
  // what it returns comes as such, or, where it is bytes or an array, as a typed array.
  async call(name, given = {}, onevent = () => {}) {
    await this.start();
    return this.#ask({ does: "call", name, given }, onevent);
  }

  // A lesson's cells: opens one by its text, runs a cell of it, judges the code for one of its tasks.
  // `spoken`, words of a translation that are said there, or "".
  async open(text, spoken = "") {
    await this.start();
    return this.#ask({ does: "open", text, spoken });
  }

  cell = (cell, source, onevent) => this.#ask({ does: "cell", cell, source }, onevent);

  judge = (cell, which, source, onevent) =>
    this.#ask({ does: "judge", cell, which, source }, onevent);

  // Ends what runs. An isolated page interrupts it, and all names stay; elsewhere, and where that
  // does not help, there is a new interpreter. Resolves to whether the names stayed.
  async stop() {
    if (!this.isBusy) return true;
    this.#wasStopped = true;
    if (this.#stop) {
      const began = performance.now();
      for (let asked = 0; this.isBusy && performance.now() < began + WAIT; ) {
        if (performance.now() >= began + asked * AGAIN) {
          this.#stop[0] = 2;
          asked++;
        }
        await new Promise((later) => setTimeout(later, 20));
      }
      this.#stop[0] = 0;
      if (!this.isBusy) return true;
    }
    this.#end(new Stopped("Stopped."));
    return false;
  }

  async #begin(onprogress) {
    const place = new URL("worker.js", import.meta.url).href;
    // From a text of the page's own, for such a worker has the page's content-security policy.
    const text = new Blob([`import ${JSON.stringify(place)};`], { type: "text/javascript" });
    const address = URL.createObjectURL(text);
    const worker = new Worker(address, { type: "module" });
    this.#worker = worker;
    const broken = new Promise((_, reject) => {
      worker.onerror = (event) =>
        reject(new Error(event.message || "the worker could not be started"));
    });
    worker.onmessage = ({ data }) => this.#hear(data);
    const ready = this.#ask({ does: "start", stop: this.#stop?.buffer }, onprogress);
    await Promise.race([ready, broken]);
    this.#ready = true;
    URL.revokeObjectURL(address);
  }

  // How what ran last has ended, in words.
  ended = (well) => 
    word(well ? "has run" : this.#wasStopped ? "has stopped" : "has failed");

  #ask(request, onevent = () => {}) {
    this.#wasStopped = false;
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onevent });
      this.#worker.postMessage({ id, ...request });
    });
  }

  #hear({ id, event, done, result, failed, fatal }) {
    const asked = this.#waiting.get(id);
    if (!asked) return;
    if (event) asked.onevent(event);
    if (!done) return;
    if (fatal) {
      this.#end(new Ended(word("stack full")));
      return;
    }
    this.#waiting.delete(id);
    if (failed === undefined) asked.resolve(result);
    else asked.reject(new Error(failed));
  }

  #end(error) {
    this.#worker?.terminate();
    this.#worker = this.#started = null;
    this.#ready = false;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
