// The query page: a <textarea> becomes an editor; everything also works without this script.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentService, indentUnit } from "@codemirror/language";
import { lintGutter, nextDiagnostic } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { Asking } from "./asking.js";
import { completion, completionKeymap } from "./completion.js";
import { offerCopies } from "./copying.js";
import { close, explain, explanation } from "./explanation.js";
import { Faults } from "./faults.js";
import { Past } from "./past.js";
import { tokens } from "./reading.js";
import { terms as termsOf } from "./terms.js";
import { follow, theme } from "./theme.js";

const form = document.getElementById("asking");
const area = document.getElementById("query");
const terms = termsOf(form.dataset.version);
const faults = new Faults(terms, document.getElementById("faults"));
const spoken = document.getElementById("spoken");
const keys = document.getElementById("keys");

/** Tell those who do not see it what has happened. */
function tell(words) {
  spoken.textContent = words;
}

/** Two blanks for each brace that is open where a line begins. */
const indentation = indentService.of((context, place) => {
  const before = tokens(context.state.doc.sliceString(0, place)).filter((t) => t.kind === "mark");
  const opened = before.filter((token) => token.text === "{").length;
  const closed = before.filter((token) => token.text === "}").length;
  const closes = /^\s*\}/.test(context.textAfterPos(place)) ? 1 : 0;
  return 2 * Math.max(0, opened - closed - closes);
});

const ownKeys = Prec.highest(
  keymap.of([
    { key: "Mod-Enter", run: () => (form.requestSubmit(), true) },
    { key: "F1", run: explain(terms, tell) },
    { key: "F8", run: nextDiagnostic },
    { key: "Escape", run: close },
  ]),
);

/**
 * Typing over a selection. Chromium would keep the colours of what is replaced in a style attribute,
 * which the policy of the page refuses.
 */
function replaceSelection(event, view) {
  const { main } = view.state.selection;
  const isTyped = event.inputType === "insertText" && event.data && !view.composing;
  if (!isTyped || main.empty) return false;
  const insert = () =>
    view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);
  const isHandled = handlers.some((each) => each(view, main.from, main.to, event.data, insert));
  if (!isHandled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

function mount() {
  const host = document.createElement("div");
  // The host is one stop of the keyboard; what is typed goes to what it holds.
  const root = host.attachShadow({ mode: "open", delegatesFocus: true });
  host.className = "editor";
  host.tabIndex = 0;
  area.after(host);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        ownKeys,
        theme(),
        history(),
        lineNumbers(),
        lintGutter(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("  "),
        indentation,
        EditorView.lineWrapping,
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        completion(terms),
        explanation(terms),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap.filter((each) => each.key !== "Mod-Enter"),
        ]),
        EditorView.contentAttributes.of({
          "aria-label": `${form.querySelector("label").firstChild.textContent.trim()}. ${keys.innerText}`,
          spellcheck: "false",
          autocapitalize: "off",
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          faults.changed(update.view);
        }),
      ],
    }),
  });
  area.required = false;
  area.hidden = true;
  form.querySelector("label").addEventListener("click", () => view.focus());
  follow(view);
  return view;
}

keys.hidden = false;
const view = mount();

/** Put a query into the editor, as one step that can be undone. */
function load(query) {
  if (view.state.doc.toString() === query) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });
}

const past = new Past(document.getElementById("past"), (query) => {
  load(query);
  view.focus();
});

form.addEventListener("submit", () => past.add(area.value));

const results = () => document.getElementById("results");

new Asking(form, (page) => {
  load(page.getElementById("query").value);
  offerCopies(tell);
  faults.told(view, results());
});

document.getElementById("examples")?.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const response = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  load(page.getElementById("query").value);
  view.focus();
  tell(`Loaded: ${link.textContent}`);
});

offerCopies(tell);
faults.told(view, results());
