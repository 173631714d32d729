// What a term is: a tooltip on hover, and for the term at the cursor on a key.

import { StateEffect, StateField } from "@codemirror/state";
import { hoverTooltip, showTooltip } from "@codemirror/view";
import { declared, expand, tokens } from "./reading.js";

const show = StateEffect.define();

const shown = StateField.define({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : value;
  },
  provide: (field) => showTooltip.from(field),
});

/** Tooltips on hover, and the field that holds the one asked for by key. */
export function explanation(terms) {
  return [
    shown,
    hoverTooltip(async (view, place) => tooltip(await about(view.state, place, terms)), {
      hoverTime: 250,
    }),
  ];
}

/** The command that explains the term at the cursor; `tell` gets the words. */
export function explain(terms, tell) {
  return (view) => {
    about(view.state, view.state.selection.main.head, terms).then((found) => {
      tell(found ? words(found.term) : "There is no term of the graph at the cursor.");
      view.dispatch({ effects: show.of(tooltip(found)) });
    });
    return true;
  };
}

/** The command that closes what was explained. */
export function close(view) {
  if (!view.state.field(shown)) return false;
  view.dispatch({ effects: show.of(null) });
  return true;
}

async function about(state, place, terms) {
  const read = tokens(state.doc.toString());
  const token = read.find((each) => each.from <= place && place <= each.to && isTerm(each));
  if (!token) return null;
  const { prefixes, are_declared: areDeclared } = await terms.schema();
  const iri = expand(token, { ...(areDeclared ? prefixes : {}), ...declared(read) });
  const term = iri && (await terms.about(iri));
  return term ? { token, term } : null;
}

function isTerm(token) {
  return ["iri", "name"].includes(token.kind) || (token.kind === "word" && token.text === "a");
}

function tooltip(found) {
  if (!found) return null;
  return {
    pos: found.token.from,
    end: found.token.to,
    above: true,
    create: () => ({ dom: drawn(found.term) }),
  };
}

function lines(term) {
  const kind = term.types.join(", ");
  const leads =
    term.domain.length || term.range.length
      ? `from ${term.domain.join(" or ") || "anything"} to ${term.range.join(" or ") || "anything"}`
      : "";
  return [term.definition, [kind, leads].filter(Boolean).join(" · ")].filter(Boolean);
}

function words(term) {
  return [term.label, ...lines(term)].join(": ");
}

function drawn(term) {
  const node = document.createElement("div");
  node.className = "about";
  const head = document.createElement("p");
  const label = document.createElement("strong");
  label.textContent = term.label;
  const written = document.createElement("code");
  written.textContent = term.written;
  head.append(label, " ", written);
  node.append(head);
  for (const line of lines(term)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    node.append(paragraph);
  }
  return node;
}
