// Completion: terms of the graph that can stand at the cursor, by name and by label.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { constraints, read, TYPE } from "./reading.js";

const GROUP_WORDS = "FILTER OPTIONAL UNION MINUS VALUES BIND GRAPH".split(" ");
const CLAUSE_WORDS = (
  "SELECT DISTINCT WHERE ASK CONSTRUCT DESCRIBE FROM ORDER GROUP BY DESC ASC HAVING LIMIT OFFSET " +
  "VALUES COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT AS PREFIX"
).split(" ");
const FUNCTIONS = (
  "EXISTS NOT IN BOUND COALESCE IF STR LANG LANGMATCHES DATATYPE ISIRI ISLITERAL ISBLANK CONTAINS " +
  "STRSTARTS STRENDS STRBEFORE STRAFTER STRLEN SUBSTR REPLACE REGEX LCASE UCASE CONCAT YEAR ABS " +
  "ROUND COUNT SUM AVG MIN MAX SAMPLE"
).split(" ");
const WORD = /(?:[?$][\p{L}\p{N}_]*|<[^\s<>"{}]*|(?:\p{L}[\p{L}\p{N}_.-]*)?:?[\p{L}\p{N}_-]*)$/u;
const SHORTEST = 2;
const MOST = 60;
const NARROWEST = 280;

/** Completion from the graph's terms. */
export function completion(terms) {
  return autocompletion({
    override: [(context) => complete(context, terms)],
    defaultKeymap: false,
    icons: false,
    maxRenderedOptions: MOST,
    positionInfo: beside,
    activateOnTypingDelay: 60,
  });
}

export { completionKeymap };

/** Where the definition stands: beside the list, or under it where there is no room. */
function beside(view, list, option, info, space) {
  const hasRoom = space.right - list.right > NARROWEST;
  const style = hasRoom
    ? `left: 100%; top: ${option.top - list.top}px; max-width: ${NARROWEST}px`
    : `left: 0; top: 100%; width: ${list.right - list.left}px`;
  return { style, class: "" };
}

async function complete(context, terms) {
  const { state, pos } = context;
  const line = state.doc.lineAt(pos);
  const word = WORD.exec(line.text.slice(0, pos - line.from))[0];
  if (!word && !context.explicit) return null;
  const from = pos - word.length;
  const schema = await terms.schema();
  const known = schema.are_declared ? schema.prefixes : {};
  const place = read(state.doc.toString(), from, pos, known);
  if (place.position === "none" || context.aborted) return null;
  const offers = await offered(place, word, terms, schema);
  const options = offers
    .map((offer) => ({ ...offer, rank: rank(offer, word) }))
    .filter((offer) => offer.rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .slice(0, MOST)
    .map((offer) => option(offer, place, schema));
  return options.length ? { from, options, filter: false } : null;
}

async function offered(place, word, terms, schema) {
  const variables = place.variables.map((written) => ({ written, type: "variable" }));
  const words = (list) => list.map((written) => ({ written, type: "keyword" }));
  if (word.startsWith("?") || word.startsWith("$")) return variables;
  const text = word.replace(/^.*:|^</, "").toLowerCase();
  const around = constraints(place.subject, place.triples, place.prefixes);
  const things = async (known) =>
    text.length < SHORTEST ? [] : typed(await terms.things(text, known), "thing");
  switch (place.position) {
    case "prefix":
      return Object.entries(schema.prefixes).map(([name, iri]) => ({
        written: `${name}: <${iri}>`,
        type: "prefix",
      }));
    case "predicate":
      return [
        { written: "a", label: "is a", type: "keyword", count: Infinity },
        ...(await properties(around, terms, schema)),
        ...variables,
      ];
    case "object":
      return [...(await objects(place, around, terms, schema, things)), ...variables];
    case "subject":
      return [...variables, ...words(GROUP_WORDS), ...(await things([]))];
    case "data":
      return things(around);
    case "expression":
      return [...variables, ...words(FUNCTIONS), ...(await things([]))];
    case "path":
      return properties([], terms, schema);
    default:
      return [...words(CLAUSE_WORDS), ...variables, ...(await things([]))];
  }
}

async function properties(around, terms, schema) {
  const used = around.length ? await terms.properties(around) : [];
  const described = new Map(schema.properties.map((each) => [each.iri, each]));
  const fitting = used.map((each) => ({
    ...each,
    definition: described.get(each.iri)?.definition ?? "",
  }));
  return typed(fitting.length ? fitting : schema.properties, "property");
}

async function objects(place, around, terms, schema, things) {
  if (place.property === TYPE) {
    const used = around.length ? await terms.values(TYPE, around) : [];
    const described = new Map(schema.classes.map((each) => [each.iri, each]));
    const fitting = used.map((each) => described.get(each.iri) ?? each);
    return typed(fitting.length ? fitting : schema.classes, "class");
  }
  const others = around.filter(([name, iri]) => name !== "has" || iri !== place.property);
  const values = place.property
    ? await terms.values(place.property, others)
    : (await Promise.all(place.ends.map((each) => terms.values(each, [])))).flat();
  return values.length
    ? typed([...new Map(values.map((each) => [each.written, each])).values()], "value")
    : [...(await things([])), ...typed(schema.classes, "class")];
}

function typed(hints, type) {
  return hints.map((hint) => ({ ...hint, type }));
}

/** How well an offer fits what is written: 0 for not at all; the frequent first among equals. */
function rank(offer, word) {
  const often = Math.min(Math.log10(1 + (offer.count ?? 0)), 6) / 10;
  const general = /^(?:<|(?:owl|rdf|rdfs|skos|dcterms):)/.test(offer.written) ? -0.2 : 0;
  const wanted = word.toLowerCase();
  const written = offer.written.toLowerCase();
  if (!wanted) return 1 + often + general;
  if (written.startsWith(wanted)) return 5 + wanted.length / written.length / 4 + often + general;
  const colon = wanted.indexOf(":");
  const [prefix, rest] = [wanted.slice(0, colon + 1), wanted.slice(colon + 1)];
  if (colon >= 0 && !written.startsWith(prefix)) return 0;
  const label = (offer.label ?? "").toLowerCase();
  const local = written.replace(/^[^:<"]*:|[<>]/g, "");
  if (local.startsWith(rest)) return 4 + rest.length / local.length / 4 + often + general;
  if (label.split(/[\s-]+/).some((each) => each.startsWith(rest))) return 3 + often + general;
  if (local.includes(rest) || label.includes(rest)) return 2 + often + general;
  return offer.type === "thing" ? 1 + often : 0;
}

function option(offer, place, schema) {
  const written = named(offer, place.own) ?? offer.written;
  const prefix = /^([^:<"?]*):/.exec(written)?.[1];
  const isMissing =
    offer.iri && prefix !== undefined && !(prefix in place.prefixes) && prefix in schema.prefixes;
  const local = written.replace(/^.*[:#/]/, "").replace(/>$/, "");
  return {
    label: written,
    type: offer.type,
    detail: offer.label && offer.label !== local ? offer.label : undefined,
    info: offer.definition ? () => described(offer) : undefined,
    apply: (view, completion, from, to) => {
      const changes = [{ from, to, insert: written }];
      const declaration = `PREFIX ${prefix}: <${schema.prefixes[prefix]}>\n`;
      if (isMissing) changes.unshift({ from: 0, insert: declaration });
      const before = isMissing ? declaration.length : 0;
      view.dispatch({
        changes,
        selection: { anchor: before + from + written.length },
        userEvent: "input.complete",
      });
    },
  };
}

/** An IRI with a prefix that the query itself declares, or null. */
function named(offer, own) {
  for (const [name, namespace] of Object.entries(own)) {
    const local = offer.iri?.startsWith(namespace) ? offer.iri.slice(namespace.length) : "";
    if (/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(local)) return `${name}:${local}`;
  }
  return null;
}

function described(offer) {
  const node = document.createElement("p");
  node.textContent = offer.definition;
  return node;
}
