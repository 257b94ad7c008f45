// The moderation log goes on: new lines on top, and none moves while somebody reads.

import { tellTime } from "./page.js";

const ROWS = 200;
const log = document.getElementById("log");
const body = log.tBodies[0];
const more = document.getElementById("more");
const PLATFORM = { twitch: "Twitch", youtube: "YouTube", kick: "Kick", trovo: "Trovo", discord: "Discord" };
let waiting = [];

function cell(...parts) {
  const element = document.createElement("td");
  element.append(...parts);
  return element;
}

function make(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function row(line) {
  const element = document.createElement("tr"), when = document.createElement("time");
  when.dateTime = line.at;
  tellTime(when);
  const action = cell(make("span", "badge", line.action));
  if (line.outcome !== "done") action.append(" ", make("span", "wrong", [line.outcome, line.problem].filter(Boolean).join(": ")));
  element.append(
    cell(when), cell(PLATFORM[line.platform] ?? line.platform, " ", make("code", "", line.account_id)),
    cell(line.user.name ?? line.user.login ?? line.user.id), cell(line.text ?? ""),
    cell(line.module, " ", make("small", "faint", line.rule ?? "")), action);
  return element;
}

/** Somebody points at a line, or has come down to older ones. */
function isRead() {
  return log.matches(":hover") || more.parentElement.matches(":hover") || log.contains(document.activeElement) || scrollY > 200;
}

function show() {
  if (waiting.length === 0) return;
  body.prepend(...waiting.reverse().map(row));
  waiting = [];
  while (body.rows.length > ROWS) body.lastElementChild.remove();
  log.hidden = false;
  document.getElementById("none").hidden = true;
  more.hidden = true;
}

function take(line) {
  waiting.push(line);
  if (waiting.length > ROWS) waiting.shift();
  if (!isRead()) return show();
  more.hidden = false;
  more.textContent = waiting.length === 1 ? "1 new line: show it" : `${waiting.length} new lines: show them`;
}

if ("tail" in log.dataset) {
  const source = new EventSource(`/v1/admin/moderation-log${log.dataset.query}`);
  source.addEventListener("moderation", (event) => take(JSON.parse(event.data)));
  document.addEventListener("session-ended", () => source.close());
  more.addEventListener("click", () => {
    show();
    log.parentElement.focus();
  });
}
