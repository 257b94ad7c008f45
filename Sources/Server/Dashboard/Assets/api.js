// How scripts ask the API: with the session's cookie, the page's token, and errors that people can read.

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

/** What the server refused, in its own words. */
export class Refused extends Error {
  constructor(status, error) {
    super(error?.message ?? `the server answers ${status}`);
    this.status = status;
    this.code = error?.code ?? "";
    this.details = error?.details ?? [];
  }
}

/** The answer's JSON. Throws `Refused`, or a `TypeError` when the server cannot be reached. */
export async function ask(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method, credentials: "same-origin", cache: "no-store",
    headers: {
      Accept: "application/json",
      ...(method === "GET" ? {} : { "X-CSRF-Token": token }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = await answer.json().catch(() => null);
  if (answer.status === 401) document.dispatchEvent(new Event("session-ended"));
  if (!answer.ok) throw new Refused(answer.status, json?.error);
  return json;
}

/** A sentence for people. */
export function words(error) {
  const text = error.status === 401 ? "your session has ended: nothing was done" : error instanceof Refused ? error.message : "the server cannot be reached: nothing was changed as far as we know";
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");
}
