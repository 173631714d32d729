// The queries that were run in this browser; they are kept in it alone.

const KEY = "standpoint.queries";
const MOST = 50;

/** The list of earlier queries, newest first. */
export class Past {
  constructor(box, load) {
    this.list = box.querySelector("ol");
    this.load = load;
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      store([]);
      this.draw();
    });
    window.addEventListener("storage", (event) => event.key === KEY && this.draw());
    this.draw();
  }

  add(query) {
    if (!query.trim()) return;
    const others = stored().filter((each) => each.query !== query);
    store([{ query, at: Date.now() }, ...others].slice(0, MOST));
    this.draw();
  }

  draw() {
    const items = stored().map(({ query, at }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "past";
      button.textContent = query.trim();
      button.addEventListener("click", () => this.load(query));
      const time = document.createElement("time");
      time.dateTime = new Date(at).toISOString();
      time.textContent = new Date(at).toLocaleString();
      time.className = "quiet small";
      item.append(time, button);
      return item;
    });
    this.list.replaceChildren(...items);
    this.list.closest("details").classList.toggle("is-empty", items.length === 0);
  }
}

function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY)) ?? [];
    return found.filter(({ query, at }) => typeof query === "string" && Number.isFinite(at));
  } catch {
    return [];
  }
}

function store(queries) {
  try {
    if (queries.length) localStorage.setItem(KEY, JSON.stringify(queries));
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage there is no history, and nothing else is lost.
  }
}
