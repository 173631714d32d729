// What a query says so far, read from its tokens, so that a query in the middle of being written
// can be read too: the triples, the declared prefixes, and what could stand at a place.

const TOKEN = new RegExp(
  [
    "(?<comment>#[^\\r\\n]*)",
    '(?<string>"""(?:[^"\\\\]|\\\\.|"(?!""))*(?:"""|$)|\'\'\'(?:[^\'\\\\]|\\\\.|\'(?!\'\'))*(?:\'\'\'|$)' +
      '|"(?:[^"\\\\\\r\\n]|\\\\.)*(?:"|(?=[\\r\\n]|$))|\'(?:[^\'\\\\\\r\\n]|\\\\.)*(?:\'|(?=[\\r\\n]|$)))',
    '(?<iri><[^<>"{}|^`\\\\\\x00-\\x20]*>)',
    "(?<variable>[?$][\\p{L}\\p{N}_]+)",
    "(?<name>(?:_|\\p{L}(?:[\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}_-])?)?:(?:(?:[\\p{L}\\p{N}_:%.-]|\\\\.)*(?:[\\p{L}\\p{N}_:%-]|\\\\.))?)",
    "(?<number>[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)",
    "(?<language>@[A-Za-z-]+)",
    "(?<word>[A-Za-z][A-Za-z0-9_]*)",
    "(?<mark>\\^\\^|\\|\\||&&|!=|<=|>=|[{}()\\[\\].,;=<>+\\-*/|^!?~])",
    "(?<other>\\S)",
  ].join("|"),
  "gsu",
);
const OPEN = new Set(["variable", "step"]);
const TERMS = new Set(["iri", "variable", "name", "string", "number"]);
const TRUTHS = new Set(["TRUE", "FALSE"]);
const PATH_JOINTS = new Set(["/", "|", "^", "!"]);
const PATH_ENDS = new Set(["*", "+", "?"]);

export const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/** The tokens of a text: kind, text, from, to. */
export function tokens(text) {
  const found = [];
  for (const match of text.matchAll(TOKEN)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    found.push({ kind, text: match[0], from: match.index, to: match.index + match[0].length });
  }
  return found;
}

/** The IRI of a token, or null when it is no IRI, a prefix is unknown, or it is a blank node. */
export function expand(token, prefixes) {
  if (token.kind === "iri") return token.text.slice(1, -1);
  if (token.kind === "word" && token.text === "a") return TYPE;
  if (token.kind !== "name") return null;
  const colon = token.text.indexOf(":");
  const namespace = prefixes[token.text.slice(0, colon)];
  return namespace === undefined
    ? null
    : namespace + token.text.slice(colon + 1).replace(/\\(.)/g, "$1");
}

/** The prefixes that a query declares, by name. */
export function declared(read) {
  const prefixes = {};
  read.forEach((token, at) => {
    if (token.kind === "iri" && read[at - 2]?.text.toUpperCase() === "PREFIX") {
      prefixes[read[at - 1].text.slice(0, -1)] = token.text.slice(1, -1);
    }
  });
  return prefixes;
}

/**
 * What a query says around a place.
 *
 * @param {string} text the query
 * @param {number} from where the term at the place begins; what stands there is not read
 * @param {number} to where it ends
 * @param {Object<string, string>} known prefixes that need no declaration
 * @returns the position ("subject", "predicate", "object", "expression", "data", "prefix", "none" or
 *   "outside"), the subject and property there, the last properties of a path with alternatives
 *   where all are known, the triples that hold there, the variables of the query, its own prefixes
 *   and all prefixes.
 */
export function read(text, from, to, known) {
  const all = tokens(text);
  const own = declared(all);
  const prefixes = { ...known, ...own };
  const reader = new Reader(prefixes, from);
  for (const token of all) {
    if (token.from >= from) reader.arrive();
    if (isAround(token, from)) reader.inside();
    const isHere = token.from >= from && token.to <= to && to > from;
    reader.take(isHere ? { ...token, kind: "hole" } : token);
  }
  reader.arrive();
  const variables = new Set(
    all.filter((each) => each.kind === "variable" && each.from !== from).map((each) => each.text),
  );
  return { ...reader.place, triples: reader.here(), variables: [...variables], own, prefixes };
}

/** Whether a place is within a token; a comment and an open text have it at their end, too. */
function isAround(token, place) {
  if (token.from >= place || token.kind === "other") return false;
  const isOpen =
    token.kind === "comment" ||
    (token.kind === "string" && !/^("""|'''|"|')[^]*\1$/.test(token.text));
  return token.to > place || (isOpen && token.to === place);
}

/** What is known of a subject by the triples, as the parameters of the server's hints. */
export function constraints(subject, triples, prefixes) {
  const found = [];
  if (subject && !OPEN.has(subject.kind)) {
    const iri = expand(subject, prefixes);
    return iri ? [["thing", iri]] : [];
  }
  if (!subject) return found;
  for (const triple of triples) {
    if (!triple.property) continue;
    if (triple.subject?.text === subject.text) {
      const type = triple.property === TYPE && triple.object && expand(triple.object, prefixes);
      if (type) found.push(["type", type]);
      else if (triple.property !== TYPE) found.push(["has", triple.property]);
    }
    if (triple.object?.text === subject.text && OPEN.has(triple.object.kind)) {
      found.push(["of", triple.property]);
    }
  }
  const distinct = new Map(found.map((each) => [each.join(" "), each]));
  return [...distinct.values()].slice(0, 8);
}

class Reader {
  constructor(prefixes, at) {
    this.prefixes = prefixes;
    this.at = at;
    this.place = null;
    this.triples = [];
    this.frames = [{ kind: "outside", apart: null }];
    this.word = "";
    this.before = "";
    this.count = 0;
    this.reset();
  }

  get frame() {
    return this.frames[this.frames.length - 1];
  }

  get apart() {
    return this.frames.map((frame) => frame.apart).filter(Boolean);
  }

  reset() {
    const nothing = { subject: null, origin: null, property: null, path: null };
    Object.assign(this, { state: "subject", ...nothing, ends: [], steps: 0 });
  }

  /** Note the state when the place is reached for the first time. */
  arrive() {
    if (this.place) return;
    const { kind } = this.frame;
    let position = kind === "group" ? this.state : kind;
    if (["PREFIX", "BASE"].includes(this.before)) position = "prefix";
    if (position === "predicate" && this.path?.isWhole && !this.path.isOpen) position = "object";
    this.place = {
      position: position === "after" ? "outside" : position,
      subject: position === "data" ? this.frame.variable : this.subject,
      property: this.state === "predicate" ? this.path?.property ?? null : this.property,
      ends: this.known(this.state === "predicate" ? [...this.ends, this.path?.last] : this.ends),
      apart: this.apart,
    };
  }

  /** The last properties of alternatives, where there are several and each is known. */
  known(ends) {
    return ends.length > 1 && ends.every(Boolean) ? ends : [];
  }

  /** The place is within a token: nothing is to be completed there. */
  inside() {
    this.arrive();
    this.place.position = "none";
  }

  /** The triples that hold at the place: not those of other branches or optional parts. */
  here() {
    const around = new Set(this.place.apart);
    return this.triples.filter((triple) => triple.apart.every((each) => around.has(each)));
  }

  take(token) {
    const { kind } = this.frame;
    const upper = token.kind === "word" && token.text !== "a" ? token.text.toUpperCase() : "";
    if (token.kind === "mark" && "{([".includes(token.text)) this.open(token);
    else if (token.kind === "mark" && "})]".includes(token.text)) this.close();
    else if (kind === "group") this.inGroup(token, upper);
    if (upper && !TRUTHS.has(upper)) this.word = upper;
    this.before = upper;
    if (token.kind === "variable") this.variable = token;
  }

  open(token) {
    const outer = this.frame;
    const { state, subject, origin, property } = this;
    const saved = { state, subject, origin, property };
    const path = this.path;
    let kind = "expression";
    if (this.word === "VALUES" && (token.text === "{" || token.text === "(")) kind = "data";
    else if (token.text === "{") kind = "group";
    else if (token.text === "[" && outer.kind === "group") kind = "group";
    else if (this.state === "predicate" && !this.path?.isWhole) kind = "path";
    const isInner = outer.kind === "group" ? this.word !== "GRAPH" : this.word === "CONSTRUCT";
    const isApart = token.text === "{" && kind === "group" && isInner;
    const apart = isApart ? `group ${(this.count += 1)}` : null;
    const { word, variable } = this;
    this.frames.push({ kind, apart, saved, path, bracket: token.text, word, variable });
    if (kind === "group") {
      this.reset();
      if (token.text === "[") {
        this.subject = { kind: "blank", text: `[${(this.count += 1)}` };
        this.state = "predicate";
      }
    }
    if (token.text === "{" && kind === "group") this.word = "";
  }

  close() {
    if (this.frames.length === 1) return;
    const anonymous = this.subject;
    const { kind, saved, path, bracket, word } = this.frames.pop();
    Object.assign(this, saved, { path });
    if (bracket === "{") this.word = "";
    if (this.frame.kind !== "group") return;
    if (bracket === "[") this.term(anonymous);
    else if (bracket === "{") this.reset();
    else if (kind === "path") this.path = { isWhole: true, isOpen: false, property: null };
    else if (kind === "expression" && !word) this.term({ kind: "blank", text: "()" });
    else if (kind === "expression") {
      this.word = "";
      this.reset();
    }
  }

  inGroup(token, upper) {
    if (token.kind === "comment") return;
    if (upper) {
      if (!TRUTHS.has(upper)) this.reset();
      else this.term({ kind: "string", text: token.text });
      return;
    }
    if (this.state === "predicate" && this.inPath(token)) return;
    if (token.text === "." && token.kind === "mark") this.reset();
    else if (token.text === ";") this.nextPredicate();
    else if (token.text === ",") this.state = "object";
    else if (TERMS.has(token.kind) || token.kind === "hole") {
      if (["VALUES", "GRAPH"].includes(this.before)) return;
      this.term(token);
    }
    if (token.text === ";") this.path = null;
  }

  /** Go on with the subject that the last path began at. */
  nextPredicate() {
    this.state = "predicate";
    this.subject = this.origin ?? this.subject;
    Object.assign(this, { origin: null, ends: [], steps: 0 });
  }

  /** Go on from what a step of a path leads to, as if it stood there (SPARQL 1.1 Query, 18.2.2.4). */
  step() {
    const { subject, path } = this;
    const object = { kind: "step", text: `/${(this.count += 1)}` };
    this.triples.push({ subject, property: path.property, object, apart: this.apart });
    this.steps += 1;
    this.origin ??= subject;
    this.subject = object;
    this.path = null;
  }

  /** Begin another alternative: the steps of the one before need not be taken. */
  branch() {
    this.ends.push(this.path?.last);
    this.triples.length -= this.steps;
    this.steps = 0;
  }

  /** Go on from the whole path to its object. */
  leave() {
    this.ends.push(this.path.last);
    this.property = this.path.property;
    this.state = "object";
  }

  /** Take a part of a property path; whether it was one. */
  inPath(token) {
    if (token.text === "/" && this.path?.isWhole && !this.path.isComplex) {
      this.step();
      return true;
    }
    if (token.kind === "mark" && PATH_JOINTS.has(token.text)) {
      const isInverse = token.text === "^";
      const isComplex = this.path?.isComplex || !isInverse;
      const isAside = isInverse || token.text === "!";
      if (isComplex) this.subject = this.origin ?? this.subject;
      if (token.text === "|") this.branch();
      this.path = { isWhole: false, isOpen: true, property: null, isInverse, isComplex, isAside };
      return true;
    }
    if (token.kind === "mark" && PATH_ENDS.has(token.text) && this.path?.isWhole) {
      this.path = { ...this.path, property: null, last: null };
      return true;
    }
    if (this.path?.isWhole) {
      this.leave();
      return false;
    }
    if (["iri", "name", "variable", "hole"].includes(token.kind) || token.text === "a") {
      const isComplex = this.path?.isComplex;
      const isPlain = !isComplex && !this.path?.isInverse;
      const named = token.kind === "hole" ? null : expand(token, this.prefixes);
      const property = isPlain ? named : null;
      const last = this.path?.isAside ? null : named;
      this.path = { isWhole: true, isOpen: false, property, isComplex, last };
      return true;
    }
    return false;
  }

  term(token) {
    if (this.state === "predicate" && this.path?.isWhole) this.leave();
    if (this.state === "subject") {
      this.subject = token.kind === "hole" ? null : token;
      this.state = "predicate";
      this.path = null;
    } else if (this.state === "object") {
      const object = token.kind === "hole" ? null : token;
      const { subject, property, apart } = this;
      this.triples.push({ subject, property, object, apart });
      this.state = "after";
    }
  }
}
