// Folding: which scopes are one card, and which picture shows that.
//
// What is folded is a list of scopes, none inside another. Not every list has a picture: where the
// one asked for has none, there is the one with a single scope open.

const key = (folded) => [...folded].sort((a, b) => a - b).join();

export class Views {
  constructor(scopes, views) {
    this.scopes = scopes;
    this.places = new Map();
    views.forEach(({ folded }, i) => {
      if (!this.places.has(key(folded))) this.places.set(key(folded), i);
    });
  }

  // A scope and those around it, the outermost first.
  path(scope) {
    return scope < 0 ? [] : [...this.path(this.scopes[scope].around), scope];
  }

  inside(scope) {
    return this.scopes.flatMap(({ around }, i) => (around === scope ? [i] : []));
  }

  find(folded) {
    return this.places.get(key(folded)) ?? null;
  }

  // The picture in which a scope and those around it are open and nothing else; -1: nothing is.
  onlyOpen(scope) {
    const path = this.path(scope);
    const beside = [-1, ...path].flatMap((around) => this.inside(around));
    return this.find(beside.filter((i) => !path.includes(i)));
  }

  // The picture for opening a folded scope, or for folding an open one; null if there is none.
  open(folded, scope) {
    const rest = folded.filter((i) => i !== scope);
    return this.find([...rest, ...this.inside(scope)]) ?? this.onlyOpen(scope);
  }

  fold(folded, scope) {
    const rest = folded.filter((i) => !this.path(i).includes(scope));
    return this.find([...rest, scope]) ?? this.onlyOpen(this.scopes[scope].around);
  }
}

// The pictures that are not shown at first: JSON, compressed, in base64.
export async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
