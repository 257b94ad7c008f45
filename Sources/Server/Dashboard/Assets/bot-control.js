// The Bot Control page: the switch without leaving the page, rows that follow what others do, the filter as one types.

import { ask, words } from "./api.js";
import { follow, live, say } from "./live.js";
import { onKey, tellTime, tellTimes, toast } from "./page.js";

const filters = document.getElementById("filters");
const search = document.getElementById("search");
const dialog = document.getElementById("pause");
const HEARING = { deaf: "Deaf", silent: "Silent" };
const STATUS = { active: "Active", paused: "Paused", no_connection: "No Connection" };
const results = () => document.getElementById("results");
const rows = () => [...document.querySelectorAll("tr[data-bot]")];
const rowOf = (key) => rows().find((row) => row.dataset.bot === key);
const mayEdit = () => results().dataset.edit === "true";
const nameOf = (row) => row.querySelector("th a").textContent;
const platformOf = (row) => row.cells[1].textContent;

// MARK: a row

function make(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function moment(iso) {
  const element = document.createElement("time");
  element.dateTime = iso;
  tellTime(element);
  return element;
}

/** Shows a bot as it is now, in its place. */
function paint(row, bot) {
  if (Number(row.dataset.revision) > bot.revision) return;
  const isNew = Number(row.dataset.revision) !== bot.revision;
  row.dataset.revision = bot.revision;
  row.bot = bot;
  const [state, beat, act] = ["state", "beat", "act"].map((name) => row.querySelector(`.${name}`));
  const parts = [make("span", `badge ${bot.status}`, STATUS[bot.status])];
  if (bot.effective === "halted_by_provider") parts.push(" ", make("span", "badge halted", "Halted by provider"));
  if (bot.hearing === "deaf" || (bot.hearing === "silent" && bot.last_heartbeat_at)) {
    parts.push(" ", make("span", `badge ${bot.hearing}`, HEARING[bot.hearing]));
  }
  const detail = make("span", "detail", bot.deaf_reason ?? "");
  if (bot.status === "paused") {
    detail.append([bot.paused_reason, bot.paused_by && `by ${bot.paused_by}`].filter(Boolean).join(", "));
    if (bot.paused_until) detail.append("; ends ", moment(bot.paused_until));
  }
  state.replaceChildren(...parts, detail);
  beat.replaceChildren(bot.last_heartbeat_at ? moment(bot.last_heartbeat_at) : make("span", "faint", "never"));
  paintAction(row, act, bot);
  row.classList.toggle("gone", !matches(bot));
  if (isNew) flash(row);
}

function paintAction(row, act, bot) {
  const button = act.querySelector("button");
  const canAct = mayEdit() && bot.status !== "no_connection";
  // A connection that comes or goes changes what the row is: then the server makes it.
  if ((button !== null) !== canAct) return offerFresh();
  if (!button) return;
  const action = bot.status === "paused" ? "Resume" : "Pause";
  button.name = action.toLowerCase();
  const why = act.querySelector(".why");
  if (why) why.hidden = bot.status === "paused";
  button.textContent = action;
  button.setAttribute("aria-label", `${action} ${nameOf(row)} on ${platformOf(row)}`);
}

function flash(row) {
  row.classList.remove("flash");
  void row.offsetWidth;
  row.classList.add("flash");
}

function matches(bot) {
  const wanted = new URLSearchParams(results().dataset.query);
  return (!wanted.get("status") || wanted.get("status") === bot.status)
    && (!wanted.get("hearing") || wanted.get("hearing") === bot.hearing)
    && (!wanted.get("platform") || wanted.get("platform") === bot.platform);
}

function offerFresh() {
  document.getElementById("fresh").hidden = false;
}

// MARK: the switch

async function toggle(row, wish) {
  const button = row.querySelector(".act button");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const [account, platform] = row.dataset.bot.split(":");
  const paused = wish?.paused ?? button.name === "pause";
  const before = row.bot ?? await known(row);
  await put(row, account, platform, { paused, ...wish?.fields }, {}, (answer) => {
    if (!answer.meta.changed) return toast(`${nameOf(row)} was ${paused ? "paused" : "running"} already.`);
    const revision = answer.data.revision;
    toast(`${paused ? "Paused" : "Resumed"} ${nameOf(row)} on ${platformOf(row)}.`, {
      action: "Undo", perform: () => undo(row, account, platform, paused, before, revision),
    });
  });
}

/** What the row was, for an undo: a resumed bot gets its reason and its end back. */
async function known(row) {
  const [account, platform] = row.dataset.bot.split(":");
  const query = new URLSearchParams({ search: account, platform, per_page: "100" });
  const answer = await ask("GET", `/api/bot-statuses?${query}`).catch(() => null);
  return answer?.data.find((bot) => bot.account_id === account) ?? null;
}

function undo(row, account, platform, wasPaused, before, revision) {
  const isOver = before?.paused_until && new Date(before.paused_until) <= new Date();
  const body = wasPaused ? { paused: false, reason: "undone" }
    : { paused: true, reason: before?.paused_reason ?? "undone", until: isOver ? null : before?.paused_until ?? null };
  // Only what was done here is undone: whoever came in between has decided anew.
  put(row, account, platform, body, { "If-Match": `"${revision}"` }, () => {
    say(`Undone: ${nameOf(row)} on ${platformOf(row)} is ${wasPaused ? "active" : "paused"} again.`);
  });
}

async function put(row, account, platform, body, headers, done) {
  const button = row.querySelector(".act button"), reach = row.querySelector(".reach");
  row.unfollow?.();
  button.setAttribute("aria-busy", "true");
  reach.className = "reach";
  reach.textContent = "Requested…";
  try {
    const path = `/v1/admin/bot-control/${encodeURIComponent(account)}/${platform}`;
    const answer = await ask("PUT", path, body, { ...headers, "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) });
    paint(row, answer.data);
    say(`${nameOf(row)} on ${platformOf(row)}: ${STATUS[answer.data.status]}, committed at ${answer.meta.position}.`);
    row.unfollow = follow(reach, answer.meta.position, () => setTimeout(() => (reach.textContent = ""), 8000));
    done(answer);
  } catch (error) {
    reach.className = "reach wrong";
    reach.textContent = "Not done";
    toast(words(error), { isWrong: true });
  } finally {
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const row = event.submitter?.closest("tr[data-bot]");
  if (!row) return;
  event.preventDefault();
  toggle(row);
});

function askForReason(row) {
  if (row.querySelector(".act button")?.name !== "pause") return toggle(row);
  dialog.querySelector("h2").textContent = `Pause ${nameOf(row)} on ${platformOf(row)}`;
  dialog.querySelector("form").reset();
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    row.focus();
    if (dialog.returnValue !== "pause") return;
    const reason = document.getElementById("pause-reason").value.trim();
    const seconds = Number(document.getElementById("pause-duration").value);
    const until = seconds ? new Date(Date.now() + seconds * 1000).toISOString() : undefined;
    toggle(row, { paused: true, fields: { ...(reason && { reason }), ...(until && { until }) } });
  }, { once: true });
}

// Beside each switch: the same with a reason and an end.
function addReasons() {
  for (const row of rows()) {
    row.tabIndex = -1;
    if (!mayEdit()) continue;
    const button = row.querySelector(".act button[form]");
    if (!button || button.nextElementSibling?.matches(".why")) continue;
    const why = make("button", "quiet why", "…");
    why.type = "button";
    why.title = "With a reason, and for how long";
    why.setAttribute("aria-label", `Pause ${nameOf(row)} on ${platformOf(row)} with a reason`);
    why.hidden = button.name === "resume";
    why.addEventListener("click", () => askForReason(row));
    button.after(" ", why);
  }
}

// MARK: what others do

live.addEventListener("change", ({ detail }) => {
  if (detail.kind === "bot" && detail.row) {
    const row = rowOf(detail.key);
    if (row) paint(row, detail.row);
    else if (matches(detail.row)) offerFresh();
  }
  if (detail.kind === "provider") reload();
  if (detail.kind === "account") offerFresh();
});
live.addEventListener("refresh", reload);

/** Rows as they are now; which rows there are changes only when it is asked for. */
async function reload() {
  const answer = await ask("GET", `/api/bot-statuses${results().dataset.query}`).catch(() => null);
  if (!answer) return;
  const fresh = answer.data.map((bot) => `${bot.account_id}:${bot.platform}`);
  const shown = rows().map((row) => row.dataset.bot);
  for (const bot of answer.data) {
    const row = rowOf(`${bot.account_id}:${bot.platform}`);
    if (row) paint(row, bot);
  }
  if (fresh.length !== shown.length || fresh.some((key, index) => key !== shown[index])) offerFresh();
}
setInterval(() => document.hidden || reload(), 15_000);

// MARK: the filter

let typing = null, asked = 0;

function query() {
  const wanted = new URLSearchParams();
  for (const [name, value] of new FormData(filters)) if (value) wanted.set(name, value);
  const text = wanted.toString();
  return text && `?${text}`;
}

async function show(wanted, { push = false } = {}) {
  const number = ++asked;
  const answer = await fetch(`/bot-control${wanted}`, { headers: { Accept: "text/html" } }).catch(() => null);
  if (number !== asked) return;
  if (!answer?.ok || answer.redirected) return location.assign(`/bot-control${wanted}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== asked) return;
  const chosen = document.activeElement?.closest("tr[data-bot]")?.dataset.bot;
  results().replaceWith(document.adoptNode(page.getElementById("results")));
  if (push) history.pushState(null, "", `/bot-control${wanted}`);
  begin();
  if (chosen) rowOf(chosen)?.focus();
  say(document.getElementById("count").textContent || "No bot matches.");
}

function filter(push) {
  clearTimeout(typing);
  const wanted = query();
  if (!push) history.replaceState(null, "", `/bot-control${wanted}`);
  show(wanted, { push });
}

search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => filter(false), 300);
});
for (const select of filters.querySelectorAll("select")) select.addEventListener("change", () => filter(true));
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  filter(true);
});
addEventListener("popstate", () => {
  const wanted = new URLSearchParams(location.search);
  for (const field of filters.elements) if (field.name) field.value = wanted.get(field.name) ?? "";
  show(location.search);
});

// MARK: keys

function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest("tr[data-bot]"));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function withRow(perform) {
  const row = document.activeElement?.closest("tr[data-bot]");
  if (!row) return say("Choose a row first: j and k.");
  if (!row.querySelector(".act button")) return say(`${nameOf(row)} on ${platformOf(row)} has no switch.`);
  perform(row);
}

onKey("/", "Search", () => search.select());
onKey("j", "Next row", () => move(1));
onKey("k", "Row before", () => move(-1));
onKey("p", "Pause or resume the row", () => withRow(toggle));
onKey("P", "Pause the row with a reason", () => withRow(askForReason));
search.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  // The browser would empty the field.
  event.preventDefault();
  search.blur();
});

function begin() {
  tellTimes(results());
  addReasons();
  document.getElementById("fresh").addEventListener("click", () => show(results().dataset.query));
}
begin();
// Whoever was quicker than this script has chosen already.
const isChosen = ({ options, value, defaultValue }) =>
  value !== (options ? ([...options].find((one) => one.defaultSelected) ?? options[0]).value : defaultValue);
if ([...filters.querySelectorAll("[name]")].some(isChosen)) filter(true);
