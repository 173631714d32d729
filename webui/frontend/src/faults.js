// Faults at their place: marks in the query, and the same as a list in words under it.

import { setDiagnostics } from "@codemirror/lint";
import { tokens } from "./reading.js";

const PAUSE = 700;

/** Marks what is wrong with the query, now and whenever somebody pauses. */
export class Faults {
  constructor(terms, list) {
    this.terms = terms;
    this.list = list;
    this.timer = 0;
  }

  /** Check the query once nothing has been written for a while. */
  changed(view) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(view), PAUSE);
  }

  async check(view) {
    const text = view.state.doc.toString();
    const found = text.trim() ? await this.terms.check(text) : null;
    if (view.state.doc.toString() !== text) return;
    const faults = found?.fault ? [placed(view, found.fault)] : [];
    this.mark(view, [...faults, ...unknown(text, found?.unknown ?? [])]);
  }

  /** Mark the fault that a result page tells of, with the cursor at its place. */
  told(view, results) {
    clearTimeout(this.timer);
    const mark = results.querySelector("[data-line]");
    if (!mark) return this.check(view);
    const { line, column } = mark.dataset;
    const message = results.querySelector(".notice p:last-child")?.textContent ?? "";
    const fault = placed(view, { line: Number(line), column: Number(column), message });
    this.mark(view, [fault]);
    return view.dispatch({ selection: { anchor: fault.from }, scrollIntoView: true });
  }

  mark(view, faults) {
    view.dispatch(setDiagnostics(view.state, faults));
    const items = faults.map((fault) => {
      const item = document.createElement("li");
      item.append(fault.message);
      for (const { name, apply } of fault.actions ?? []) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = name;
        button.addEventListener("click", () => apply(view, fault.from, fault.to));
        item.append(" ", button);
      }
      return item;
    });
    this.list.replaceChildren(...items);
  }
}

/** A fault at a line and a column, both from 1, the column in characters. */
function placed(view, { line, column, message }) {
  const { doc } = view.state;
  const at = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  const before = [...at.text].slice(0, (column ?? 1) - 1).join("").length;
  const from = Math.min(at.from + before, at.to);
  const token = tokens(doc.toString()).find((each) => each.from <= from && from < each.to);
  return { from, to: token?.to ?? Math.min(from + 1, doc.length), severity: "error", message };
}

function unknown(text, terms) {
  return terms.flatMap(({ written, nearest }) =>
    tokens(text)
      .filter((token) => token.text === written)
      .map(({ from, to }) => ({
        from,
        to,
        severity: "warning",
        message: `The graph has no ${written}.${nearest.length ? " Did you mean" : ""}`,
        actions: nearest.map(([name]) => ({
          name,
          apply: (view, start, end) => {
            view.dispatch({ changes: { from: start, to: end, insert: name } });
            view.focus();
          },
        })),
      })),
  );
}
