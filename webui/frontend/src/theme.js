// The editor in the colours and letters of the pages; they reach into it as custom properties.

import { HighlightStyle, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { Compartment } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

const language = SparqlLanguage.configure({
  props: [
    styleTags({
      "IriRef Pname_ln Pname_ns Namespace PrefixedName/...": tags.url,
      "Var/...": tags.variableName,
      "NumericLiteral/...": tags.integer,
      "BlankNode/...": tags.variableName,
    }),
  ],
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--editorial)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--possible)" },
  { tag: tags.url, color: "var(--link)" },
  { tag: [tags.string, tags.annotation], color: "var(--certain)" },
  { tag: [tags.integer, tags.float, tags.bool], color: "var(--certain)" },
  { tag: tags.typeName, color: "var(--muted)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

const shapes = EditorView.theme({
  "&": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--control)",
    borderRadius: "3px",
    fontSize: "var(--text-s)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { padding: "0.5rem 0", caretColor: "var(--ink)" },
  ".cm-content, .cm-gutter": { minHeight: "8rem" },
  ".cm-gutters": {
    backgroundColor: "var(--raised)",
    color: "var(--muted)",
    borderRight: "1px solid var(--rule)",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "1.75em", padding: "0 0.35em 0 0.2em" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-content ::selection": { backgroundColor: "var(--mark)", color: "inherit" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--mark)",
    outline: "1px solid var(--control)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent" },
  ".cm-tooltip": {
    maxWidth: "min(32rem, 92vw)",
    border: "1px solid var(--control)",
    borderRadius: "3px",
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    fontFamily: "var(--sans)",
    overflowWrap: "break-word",
  },
  ".about": { padding: "0.25rem 0.75rem" },
  ".cm-tooltip p": { margin: "0.25rem 0" },
  ".cm-tooltip code": { fontFamily: "var(--mono)", color: "var(--muted)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    maxWidth: "92vw",
    minWidth: "0",
    maxHeight: "16em",
    fontFamily: "var(--sans)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "0.2rem 0.6rem",
    overflow: "hidden",
    textOverflow: "ellipsis",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--link)",
    color: "var(--paper)",
  },
  ".cm-completionLabel": { fontFamily: "var(--mono)" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--muted)", marginLeft: "0.75em" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-tooltip.cm-completionInfo": { padding: "0.25rem 0.75rem", whiteSpace: "normal" },
  ".cm-diagnostic": { padding: "0.35rem 0.75rem", marginLeft: "0" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--negated)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--probable)" },
  ".cm-diagnosticAction": {
    border: "1px solid var(--control)",
    borderRadius: "3px",
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    font: "inherit",
  },
  ".cm-lintRange": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--probable)",
    textUnderlineOffset: "0.2em",
  },
  ".cm-lintRange-error": { textDecorationColor: "var(--negated)" },
  ".cm-lintRange-active": { backgroundColor: "var(--mark)" },
});

const darkness = window.matchMedia("(prefers-color-scheme: dark)");
const side = new Compartment();

function chosen() {
  return EditorView.darkTheme.of(darkness.matches);
}

/** SPARQL, and how the editor looks. */
export function theme() {
  return [new LanguageSupport(language), shapes, syntaxHighlighting(colours), side.of(chosen())];
}

/** Let a view follow when light and dark change. */
export function follow(view) {
  darkness.addEventListener("change", () => view.dispatch({ effects: side.reconfigure(chosen()) }));
}
