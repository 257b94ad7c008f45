// What every page has: moments in the reader's own words, the keys, notices that can be undone, and the session's end.

import { follow, live, say } from "./live.js";

document.documentElement.classList.add("js");

// MARK: moments

const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

/** `12 seconds ago`; the whole moment stands in its title. */
export function tellTime(element) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const seconds = (moment - Date.now()) / 1000, size = Math.abs(seconds);
  const [unit, length] = size < 60 ? ["second", 1] : size < 3600 ? ["minute", 60] : size < 86400 ? ["hour", 3600] : ["day", 86400];
  const ago = relative.format(Math.round(seconds / length), unit);
  const line = "full" in element.dataset ? `${full.format(moment)}, ${ago}` : ago;
  if (element.textContent !== line) element.textContent = line;
  element.title = full.format(moment);
}

export function tellTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) tellTime(element);
}

tellTimes();
setInterval(() => document.hidden || tellTimes(), 5000);

// MARK: notices

const toasts = document.createElement("div");
toasts.id = "toasts";
document.body.append(toasts);

/**
 * A line in the corner.
 * @param {object} options `action` and `perform`: a button; `seconds`: how long; `isWrong`: it stays until it is closed
 */
export function toast(line, { action, perform, seconds = 10, isWrong = false } = {}) {
  const box = document.createElement("div");
  box.className = isWrong ? "toast wrong" : "toast";
  box.setAttribute("role", isWrong ? "alert" : "status");
  const words = document.createElement("p");
  words.textContent = line;
  box.append(words);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = action ?? "Close";
  if (action || isWrong) box.append(button);
  button.addEventListener("click", () => {
    box.remove();
    perform?.();
  });
  toasts.append(box);
  if (!isWrong) setTimeout(() => box.remove(), seconds * 1000);
  return box;
}

for (const element of document.querySelectorAll(".reach[data-position]")) {
  follow(element, Number(element.dataset.position));
}
// The address says what was done: reloaded later it would say it again.
const address = new URL(location.href);
if (address.searchParams.has("notice")) {
  address.searchParams.delete("notice");
  history.replaceState(null, "", address);
}
for (const form of document.querySelectorAll("form[data-undo]")) {
  setTimeout(() => form.contains(document.activeElement) || (form.hidden = true), 10_000);
}

// MARK: keys

const keys = new Map([["?", ["Show these keys", showKeys]]]);

/** A key for the page: not while somebody writes. */
export function onKey(key, description, perform) {
  keys.set(key, [description, perform]);
}

function showKeys() {
  let dialog = document.getElementById("keys");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = document.createElement("h2"), list = document.createElement("dl"), form = document.createElement("form");
    title.id = "keys-title";
    title.textContent = "Keys";
    for (const [key, [description]] of keys) {
      const term = document.createElement("dt"), cap = document.createElement("kbd"), what = document.createElement("dd");
      cap.textContent = key;
      what.textContent = description;
      term.append(cap);
      list.append(term, what);
    }
    form.method = "dialog";
    const close = document.createElement("button");
    close.textContent = "Close";
    form.append(close);
    dialog.append(title, list, form);
    document.body.append(dialog);
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea, dialog[open], [contenteditable]")) return;
  const [, perform] = keys.get(event.key) ?? [];
  if (!perform) return;
  event.preventDefault();
  perform();
});

// MARK: pieces of the page that follow what changes

// `data-live="provider bot:acct_1:twitch"`: kinds, or documents of a kind. A piece is made anew by the server; one in
// which somebody works is left alone.
let waiting = null;
function follows(element, { kind, key }) {
  return element.dataset.live.split(" ").some((wish) => wish === kind || wish === `${kind}:${key}`);
}

function isInUse(element) {
  return element.contains(document.activeElement) || element.querySelector("[data-touched]") !== null;
}

export async function renew(which = () => true) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || !which(old) || old.isEqualNode(fresh)) continue;
    if (isInUse(old)) {
      old.classList.add("outdated");
      continue;
    }
    old.replaceWith(document.adoptNode(fresh));
    tellTimes(fresh);
  }
}

if (document.querySelector("[data-live]")) {
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => renew(), 150);
  };
  live.addEventListener("change", ({ detail }) => {
    if ([...document.querySelectorAll("[data-live]")].some((element) => follows(element, detail))) later();
  });
  live.addEventListener("refresh", later);
  // What changes without a word is looked at again and again.
  const every = Math.min(...[...document.querySelectorAll("[data-every]")].map((element) => Number(element.dataset.every)));
  if (Number.isFinite(every)) setInterval(() => document.hidden || renew((element) => "every" in element.dataset), every);
  document.addEventListener("input", (event) => event.target.dataset && (event.target.dataset.touched = "1"));
}

// MARK: the session's end

document.addEventListener("session-ended", () => {
  const badge = document.getElementById("live");
  badge.dataset.state = "stale";
  document.getElementById("live-text").textContent = "Signed out";
  if (document.getElementById("ended")) return;
  const box = document.createElement("p"), link = document.createElement("a");
  box.id = "ended";
  box.className = "failure";
  box.setAttribute("role", "alert");
  link.href = `/sign-in?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Sign in again";
  box.append("Your session has ended. What stands here is not kept up to date. ", link);
  document.getElementById("main").prepend(box);
  say("Your session has ended.");
}, { once: true });
