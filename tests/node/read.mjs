// Opens the release files with three libraries and prints as JSON what each makes of them.
//
//     node read.mjs FOLDER QUERIES
//
// QUERIES is a JSON file that maps names to SELECT queries. Printed is, for each library, the number
// of statements in each file that it reads ("counts"), and for those with SPARQL the rows of each
// query ("answers"), asked of the union of all graphs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import * as n3 from "n3";
import * as oxigraph from "oxigraph";

const [folder, asked] = process.argv.slice(2);
const queries = Object.entries(JSON.parse(readFileSync(asked, "utf8")));
const release = (ending) => readFileSync(join(folder, `standpoint.${ending}`), "utf8");

const N3_FORMATS = { ttl: "text/turtle", nt: "N-Triples", nq: "N-Quads", trig: "application/trig" };
const OXIGRAPH_FORMATS = {
  ttl: "text/turtle",
  nt: "application/n-triples",
  nq: "application/n-quads",
  trig: "application/trig",
  rdf: "application/rdf+xml",
  jsonld: "application/ld+json",
};

const readN3 = (ending) =>
  new n3.Store(new n3.Parser({ format: N3_FORMATS[ending] }).parse(release(ending)));

function readOxigraph(ending) {
  const store = new oxigraph.Store();
  store.load(release(ending), { format: OXIGRAPH_FORMATS[ending] });
  return store;
}

const counts = (formats, read) =>
  Object.fromEntries(Object.keys(formats).map((ending) => [ending, read(ending).size]));

const values = (pairs) => Object.fromEntries(pairs.map(([name, term]) => [name, term.value]));

function askOxigraph() {
  const store = readOxigraph("nq");
  const rows = (query) => store.query(query, { use_default_graph_as_union: true });
  return queries.map(([name, query]) => [name, rows(query).map((row) => values([...row]))]);
}

async function askComunica() {
  const [engine, source] = [new QueryEngine(), readN3("ttl")];
  const answers = [];
  for (const [name, query] of queries) {
    const rows = await (await engine.queryBindings(query, { sources: [source] })).toArray();
    const pairs = (row) => [...row].map(([variable, term]) => [variable.value, term]);
    answers.push([name, rows.map((row) => values(pairs(row)))]);
  }
  return answers;
}

const found = {
  n3: { counts: counts(N3_FORMATS, readN3) },
  oxigraph: {
    counts: counts(OXIGRAPH_FORMATS, readOxigraph),
    answers: Object.fromEntries(askOxigraph()),
  },
  comunica: { answers: Object.fromEntries(await askComunica()) },
};
console.log(JSON.stringify(found));
