// Running a query and showing its result without leaving the page; the address stays the truth.

const REGIONS = ["kept", "results", "share"];
const TICK = 100;

/** The form that asks, and the regions of the page that its answer replaces. */
export class Asking {
  /**
   * @param {HTMLFormElement} form the form
   * @param {function(Document): void} answered gets the page that holds the answer
   */
  constructor(form, answered) {
    this.form = form;
    this.answered = answered;
    this.seconds = Number(form.dataset.seconds);
    this.cancelling = form.querySelector("#cancel");
    this.elapsed = form.querySelector("#elapsed");
    this.status = form.querySelector("#status");
    this.running = null;
    this.cancelling.addEventListener("click", () => this.cancel());
    form.addEventListener("submit", (event) => this.submit(event));
    this.shown = page(location.href);
    window.addEventListener("popstate", () => {
      if (page(location.href) !== this.shown) this.show(location.href);
    });
    document.addEventListener("click", (event) => this.follow(event));
    document.addEventListener("submit", (event) => this.submitInside(event));
  }

  cancel() {
    this.running?.abort();
  }

  submit(event) {
    const asked = new URLSearchParams(new FormData(this.form));
    if (asked.get("format") !== "html") return;
    event.preventDefault();
    this.go(`${this.form.action}?${asked}`);
  }

  /** Follow a link of the results here when it leads to another view of a query. */
  follow(event) {
    const link = event.target.closest?.("#results a[href], #share a[href]");
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.button || link.target || link.hasAttribute("download")) return;
    if (event.defaultPrevented || !isHere(link)) return;
    event.preventDefault();
    this.go(link.href);
  }

  submitInside(event) {
    const form = event.target;
    if (form === this.form || !form.closest("#results") || event.defaultPrevented) return;
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method !== "get" || !isHere(address)) return;
    event.preventDefault();
    this.go(address.href);
  }

  async go(address) {
    if (await this.show(address)) {
      if (address !== location.href) history.pushState(null, "", address);
    }
  }

  /** Show what stands at an address; whether something came of it. */
  async show(address) {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const clock = this.start();
    try {
      const response = await fetch(address, {
        headers: { Accept: "text/html" },
        signal: running.signal,
      });
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!answer.getElementById("results")) return this.refused(response, answer);
      for (const id of REGIONS) {
        document.getElementById(id).replaceWith(document.adoptNode(answer.getElementById(id)));
      }
      this.shown = page(address);
      this.status.textContent = said(document.getElementById("results"));
      this.answered(answer);
      return true;
    } catch (error) {
      if (this.running !== running) return false;
      this.status.textContent =
        error.name === "AbortError"
          ? `Cancelled after ${clock()} s; the result below is of an earlier query.`
          : `No answer came from the server (${error.message}).`;
      return false;
    } finally {
      if (this.running === running) this.stop();
    }
  }

  /** Show why there is no page of a result; the address stays. */
  refused(response, answer) {
    const notice = answer.querySelector(".notice");
    if (!notice) throw new Error(`status ${response.status}`);
    document.getElementById("results").replaceChildren(document.adoptNode(notice));
    this.status.textContent = said(document.getElementById("results"));
    return false;
  }

  start() {
    const began = performance.now();
    const passed = () => ((performance.now() - began) / 1000).toFixed(1);
    const tick = () => (this.elapsed.textContent = `${passed()} s of at most ${this.seconds} s`);
    this.stop();
    this.status.textContent = "";
    this.cancelling.hidden = this.elapsed.hidden = false;
    document.getElementById("results").setAttribute("aria-busy", "true");
    tick();
    this.ticking = setInterval(tick, TICK);
    return passed;
  }

  stop() {
    clearInterval(this.ticking);
    this.cancelling.hidden = this.elapsed.hidden = true;
    document.getElementById("results").removeAttribute("aria-busy");
  }
}

function page(address) {
  return address.split("#", 1)[0];
}

/** Whether an address is a page of this endpoint, not a file. */
function isHere(address) {
  const { origin, pathname, search, hash } = address;
  const format = new URLSearchParams(search).get("format");
  const isOther = !hash || search !== location.search;
  return (
    origin === location.origin &&
    pathname === location.pathname &&
    isOther &&
    (!format || format === "html")
  );
}

/** The result in a few words, for those who do not see it appear. */
function said(results) {
  const words = results.querySelector("caption, .state");
  return words?.textContent.trim().replace(/\s+/g, " ") ?? "";
}
