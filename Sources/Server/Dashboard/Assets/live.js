// The stream of changes: one for the page, told to everybody who listens to `live`, and its badge.

const STALE = 5000;
const badge = document.getElementById("live");
const text = document.getElementById("live-text");

/** Tells `change`, `state` and `refresh`; the detail is what the server said. */
export const live = new EventTarget();

/** How far things are: the last position, and where the workers stand. */
export const fleet = { position: 0, workers: [], silent: 0 };

let heard = 0, source = null, wasOpen = false, wasStale = false, isOver = false, wait = 500;

function open() {
  source = new EventSource("/dashboard/events");
  source.addEventListener("open", () => {
    wait = 500;
    // What happened meanwhile was told to nobody.
    if (wasOpen) tell("refresh", {});
    wasOpen = true;
  });
  for (const name of ["change", "state", "refresh"]) {
    source.addEventListener(name, (event) => {
      heard = performance.now();
      const said = JSON.parse(event.data);
      if (name === "state") Object.assign(fleet, said);
      if (name === "change") fleet.position = Math.max(fleet.position, said.position);
      tell(name, said);
      show();
    });
  }
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED || isOver) return;
    source.close();
    retry();
  });
}

// The browser gives up when it is answered with an error: is the session over, or the server away?
async function retry() {
  const answer = await fetch("/dashboard/session", { cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) return document.dispatchEvent(new Event("session-ended"));
  setTimeout(open, wait + Math.random() * 500);
  wait = Math.min(wait * 2, 5000);
}

function tell(name, detail) {
  live.dispatchEvent(new CustomEvent(name, { detail }));
}

function show() {
  const age = performance.now() - heard;
  const isStale = heard === 0 || age > STALE;
  badge.hidden = false;
  badge.dataset.state = isStale ? "stale" : "on";
  const seconds = Math.round(age / 1000);
  const words = heard === 0 ? "Connecting" : isStale ? `Not live for ${seconds} s` : "Live";
  const line = heard === 0 ? words : `${words} · position ${fleet.position}` + (isStale ? "" : ` · ${seconds} s ago`);
  if (text.textContent !== line) text.textContent = line;
  if (isStale !== wasStale && heard > 0) say(isStale ? "The page is not live any more." : "The page is live again.");
  wasStale = isStale;
}

/** For those who hear the page. */
export function say(line) {
  document.getElementById("said").textContent = line;
}

/**
 * Shows how far a change has come: committed, applied by some, applied by all.
 * @param {number} position that of the change
 */
export function follow(element, position, after = () => {}) {
  const step = () => {
    const count = fleet.workers.reduce((sum, [, number]) => sum + number, 0);
    const applied = fleet.workers.reduce((sum, [at, number]) => sum + (at >= position ? number : 0), 0);
    const isDone = count > 0 && applied === count;
    element.classList.toggle("done", isDone);
    element.classList.remove("wrong");
    element.textContent =
      count === 0 ? `Committed at ${position}; no worker is there`
      : isDone ? `Converged: all ${count} on ${position}`
      : applied === 0 ? `Committed at ${position}`
      : `Applied by ${applied} of ${count} on ${position}`;
    if (isDone || (count === 0 && fleet.position >= position)) {
      live.removeEventListener("state", step);
      after();
    }
  };
  live.addEventListener("state", step);
  step();
  return () => live.removeEventListener("state", step);
}

document.addEventListener("session-ended", () => {
  isOver = true;
  source?.close();
});
if (badge) {
  open();
  setInterval(() => isOver || show(), 1000);
}
