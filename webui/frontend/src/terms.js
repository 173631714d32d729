// What the server knows of the graph's terms; every answer is kept for as long as the page is open.

const kept = new Map();

/** Sets which snapshot is asked, so that answers of another one are never taken from a cache. */
export function terms(version) {
  const ask = (path, parameters = []) => {
    const address = `/sparql/${path}?${new URLSearchParams([...parameters, ["v", version]])}`;
    if (!kept.has(address)) {
      const answer = fetch(address, { headers: { Accept: "application/json" } })
        .then((response) => (response.ok ? response.json() : null))
        .catch(() => null);
      answer.then((found) => found ?? kept.delete(address));
      kept.set(address, answer);
    }
    return kept.get(address);
  };
  return {
    schema: async () =>
      (await ask("terms")) ?? { prefixes: {}, are_declared: false, classes: [], properties: [] },
    properties: async (known) => (await ask("terms/properties", known)) ?? [],
    values: async (property, known) =>
      (await ask("terms/values", [...known, ["property", property]])) ?? [],
    things: async (text, known) => (await ask("terms/things", [...known, ["text", text]])) ?? [],
    about: (iri) => ask("terms/about", [["iri", iri]]),
    check: (query) => ask("check", [["query", query]]),
  };
}
