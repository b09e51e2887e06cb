// Keeps the live parts of a page true: an event of the stream means "something changed", and the page is fetched again and
// its parts morphed. One way of rendering, the server's. While nobody looks, nothing is fetched and no connection is held.
import { morph } from "./morph.js";
import { refreshAges } from "./ago.js";

const GAP_MS = 1000;

export function follow() {
  const { liveStream, liveSeconds } = document.body.dataset;
  if (!liveStream) return;
  new Follower(liveStream, Number(liveSeconds || 15) * 1000).start();
}

class Follower {
  #stream; #everyMs; #connection = null; #isOpen = false; #timer = 0; #last = 0; #busy = false; #again = false; #paused = false;
  #failedSince = null;
  #badge = document.getElementById("live-state");

  constructor(stream, everyMs) {
    this.#stream = stream;
    this.#everyMs = everyMs;
  }

  start() {
    this.#last = Date.now();
    this.#badge?.setAttribute("role", "button");
    this.#badge?.addEventListener("click", event => { event.preventDefault(); this.#toggle(); });
    this.#badge?.addEventListener("keydown", event => { if (event.key === " ") { event.preventDefault(); this.#toggle(); } });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.#wake()));
    if (!document.hidden) this.#wake(false);
  }

  #toggle() {
    this.#paused = !this.#paused;
    if (this.#paused) this.#rest(); else this.#wake();
    this.#show();
  }

  // A browser keeps only six connections per host: a hidden tab must not hold one of them.
  #rest() {
    this.#connection?.abort();
    this.#connection = null;
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  #wake(refresh = true) {
    if (this.#paused) return;
    this.#rest();
    this.#connection = new AbortController();
    this.#listen(this.#connection.signal);
    if (refresh) this.#refresh(); else this.#plan(this.#everyMs);
  }

  // Not EventSource: it hands out only events whose names are known beforehand, and operations name their own.
  async #listen(signal) {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const answer = await fetch(this.#stream, { headers: { Accept: "text/event-stream" }, cache: "no-store", signal });
        if (!answer.ok) throw new Error(`${answer.status}`);
        this.#isOpen = true;
        this.#show();
        if (failures > 0) this.#soon();
        failures = 0;
        await forEachLine(answer.body, line => { if (line.startsWith("data:")) this.#soon(); });
      } catch {
        if (signal.aborted) return;
      }
      this.#isOpen = false;
      this.#show();
      await new Promise(done => setTimeout(done, Math.min(1000 * 2 ** failures, 15000)));
    }
  }

  #soon() {
    if (this.#paused || document.hidden) return;
    this.#plan(Math.max(0, this.#last + GAP_MS - Date.now()));
  }

  #plan(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), ms);
  }

  async #refresh() {
    if (this.#busy) { this.#again = true; return; }
    this.#busy = true;
    this.#again = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      // Signed out, deleted or moved: the reader should see what the server now says here.
      if (answer.redirected || answer.status === 404) { location.reload(); return; }
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.#apply(new DOMParser().parseFromString(await answer.text(), "text/html"));
      this.#failedSince = null;
    } catch {
      this.#failedSince ??= new Date();
    } finally {
      this.#busy = false;
      this.#last = Date.now();
      if (!this.#paused && !document.hidden) this.#plan(this.#again ? GAP_MS : this.#everyMs);
      this.#show();
    }
  }

  #apply(page) {
    const said = spoken();
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh !== null) morph(part, fresh);
    }
    refreshAges();
    const news = [...spoken()].filter(([what, text]) => said.has(what) && said.get(what) !== text);
    if (news.length > 0) document.getElementById("announcer").textContent = news.map(([what, text]) => `${what}: ${text}`).join(". ");
  }

  #show() {
    if (this.#badge === null) return;
    const [state, text, title] =
      this.#paused ? ["paused", "Paused", "Follow changes again"]
      : this.#failedSince !== null ? ["offline", `No answer since ${this.#failedSince.toLocaleTimeString()}`, "Stop trying"]
      : this.#isOpen ? ["live", "Live", "Stop following changes"]
      : ["polling", `Every ${Math.round(this.#everyMs / 1000)} s`, "The event stream is not connected; the page is fetched again and again. Stop it"];
    this.#badge.dataset.state = state;
    this.#badge.textContent = text;
    this.#badge.title = title;
    this.#badge.setAttribute("aria-pressed", String(!this.#paused));
  }
}

async function forEachLine(body, act) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    lines.forEach(act);
  }
}

function spoken() {
  return new Map([...document.querySelectorAll("[data-announce]")].map(element => [element.dataset.announce, element.textContent.trim()]));
}
