// The author's side of `@lumio/bot`, and what calls the handlers. It runs once, into the snapshot that every isolate
// starts from; an extension's own code runs after it, in the same context. So whatever is needed later is taken here.
(function () {
  "use strict";

  const { freeze, keys, defineProperty, getOwnPropertyNames } = Object;
  const { isArray, from } = Array;
  const { apply, construct } = Reflect;
  const { stringify } = JSON;
  const { imul } = Math;
  const SystemDate = Date;
  const execute = RegExp.prototype.exec;

  const triggersMax = 100;
  const textUnitsMax = 1 << 20;
  const logUnitsMax = 4096;

  // What a call has of its own. Whatever runs between two visits to the host belongs to one call: `ask` sees to it.
  const atTopLevel = freeze({ number: 0, now: 0 });
  let current = { number: 0, now: 0, seed: 1, logged: 0 };

  // The globals: what is not listed is taken away.

  const allowed = new Set([
    "globalThis", "Infinity", "NaN", "undefined", "isFinite", "isNaN", "parseFloat", "parseInt", "decodeURI",
    "decodeURIComponent", "encodeURI", "encodeURIComponent", "Object", "Function", "Array", "Number", "Boolean",
    "String", "Symbol", "BigInt", "Date", "Promise", "RegExp", "Error", "AggregateError", "EvalError", "RangeError",
    "ReferenceError", "SyntaxError", "TypeError", "URIError", "JSON", "Math", "Map", "Set", "WeakMap", "WeakSet",
    "Proxy", "Reflect", "ArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array",
    "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
  ]);
  // V8 puts these back when it restores a context.
  const stubborn = ["WebAssembly", "SharedArrayBuffer", "Atomics", "console", "Intl", "WeakRef", "FinalizationRegistry"];

  for (const name of getOwnPropertyNames(globalThis)) {
    if (!allowed.has(name)) delete globalThis[name];
  }

  // Time stands still during a call, and chance comes from its seed.

  function FixedDate(...values) {
    if (new.target === undefined) return new SystemDate(current.now).toString();
    return construct(SystemDate, values.length === 0 ? [current.now] : values, new.target);
  }
  defineProperty(FixedDate, "name", { value: "Date" });
  defineProperty(FixedDate, "length", { value: 7 });
  FixedDate.prototype = SystemDate.prototype;
  defineProperty(FixedDate.prototype, "constructor", { value: FixedDate, writable: true, configurable: true });
  method(FixedDate, "now", () => current.now);
  method(FixedDate, "parse", SystemDate.parse);
  method(FixedDate, "UTC", SystemDate.UTC);
  defineProperty(globalThis, "Date", { value: FixedDate, writable: true, configurable: true });

  // Mulberry32.
  method(Math, "random", function random() {
    let mixed = (current.seed = (current.seed + 0x6d2b79f5) | 0);
    mixed = imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  });

  function method(holder, name, value) {
    defineProperty(holder, name, { value, writable: true, configurable: true });
  }

  // What grows a text without end, and cannot be stopped while it does.

  function cap(name, lengthOf) {
    const original = String.prototype[name];
    method(String.prototype, name, function (...values) {
      const text = `${this}`;
      if (lengthOf(text, values) > textUnitsMax) {
        throw new RangeError(`${name} would make a text of more than ${textUnitsMax} characters`);
      }
      return apply(original, text, values);
    });
  }
  cap("repeat", (text, [count]) => text.length * +count);
  cap("padStart", (text, [length]) => +length);
  cap("padEnd", (text, [length]) => +length);
  cap("normalize", (text) => text.length * 4);

  // Declaring triggers.

  const created = [];
  let defined;

  function declare(kind, handler, options, own) {
    if (typeof handler !== "function") throw new TypeError(`${kind}: the handler must be a function`);
    if (options === null || typeof options !== "object") throw new TypeError(`${kind}: the options must be an object`);
    if (options.id !== undefined) requireText(`${kind}: id`, options.id, 64);
    const trigger = freeze({ kind, handler, id: options.id, own: freeze(own) });
    if (created.push(trigger) > triggersMax) throw new RangeError(`there can be at most ${triggersMax} triggers`);
    return trigger;
  }

  function requireText(what, value, unitsMax) {
    if (typeof value === "string" && value.length > 0 && value.length <= unitsMax) return value;
    throw new TypeError(`${what} must be a text of 1 to ${unitsMax} characters`);
  }

  function requireWhole(what, value, min, max) {
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new TypeError(`${what} must be a whole number from ${min} to ${max}`);
  }

  function command(name, handler, options = {}) {
    requireText("command: the name", name, 50);
    const { prefix = "!", cooldown = 0 } = options ?? {};
    requireText("command: prefix", prefix, 10);
    requireWhole("command: cooldown", cooldown, 0, 86400);
    return declare("command", handler, options, { prefix, command: name, cooldown });
  }

  function keyword(words, handler, options = {}) {
    const keywords = isArray(words) ? from(words) : [words];
    if (keywords.length === 0 || keywords.length > 100) throw new TypeError("keyword: there must be 1 to 100 words");
    for (const word of keywords) requireText("keyword: a word", word, 100);
    return declare("keyword", handler, options, { keywords });
  }

  function pattern(expression, handler, options = {}) {
    const regexp = expression instanceof RegExp ? expression : new RegExp(expression, options?.flags ?? "");
    for (const flag of regexp.flags) {
      if (!"imsu".includes(flag)) throw new TypeError(`pattern: the flag ${flag} makes no sense here; i, m, s and u do`);
    }
    requireText("pattern: the expression", regexp.source, 512);
    return declare("pattern", handler, options, { pattern: regexp.source, flags: regexp.flags });
  }

  function event(name, handler, options = {}) {
    requireText("event: the name", name, 64);
    return declare("event", handler, options, { event: name });
  }

  function timer(name, seconds, handler, options = {}) {
    requireText("timer: the name", name, 64);
    requireWhole("timer: the seconds", seconds, 60, 86400);
    return declare("timer", handler, { id: name, ...options }, { every: seconds });
  }

  function moderate(handler, options = {}) {
    return declare("moderate", handler, options, {});
  }

  function defineBotModule(definition) {
    const triggers = definition?.triggers;
    if (!isArray(triggers)) throw new TypeError("defineBotModule takes { triggers: […] }");
    if (defined !== undefined) throw new TypeError("defineBotModule can be called once only");
    defined = from(triggers);
    return definition;
  }

  // What a handler returns.

  const actions = freeze({
    say: (text) => freeze({ type: "say", text }),
    reply: (text) => freeze({ type: "reply", text }),
    delete: () => freeze({ type: "delete" }),
    timeout: (options) => freeze(
      typeof options === "object" && options !== null
        ? { type: "timeout", seconds: options.seconds, reason: options.reason }
        : { type: "timeout", seconds: options }),
    ban: (options) => freeze({ type: "ban", reason: reasonIn(options) }),
    warn: (options) => freeze({ type: "warn", reason: reasonIn(options) }),
  });

  function reasonIn(options) {
    return typeof options === "object" && options !== null ? options.reason : options;
  }

  // The extension has been evaluated: which triggers are its own?

  let triggers = [];

  function idOf(trigger, counts) {
    const number = (counts[trigger.kind] = (counts[trigger.kind] ?? 0) + 1);
    if (trigger.id !== undefined) return trigger.id;
    switch (trigger.kind) {
      case "command": return trigger.own.command;
      case "event": return trigger.own.event;
      case "moderate": return number === 1 ? "moderate" : `moderate-${number}`;
      default: return `${trigger.kind}-${number}`;
    }
  }

  function settleTriggers() {
    const ours = new Set(created);
    if (defined !== undefined) {
      for (const trigger of defined) {
        if (!ours.has(trigger)) throw new TypeError("defineBotModule: only what command, keyword, pattern, event, timer and moderate return can be a trigger");
      }
      const listed = new Set(defined);
      for (const trigger of created) {
        if (!listed.has(trigger)) throw new TypeError(`a ${trigger.kind} is declared outside of defineBotModule: list it there, or leave defineBotModule out`);
      }
    }
    const list = defined ?? from(created);
    if (list.length === 0) throw new TypeError("it declares no trigger: call command, keyword, pattern, event, timer or moderate");
    const counts = {}, seen = new Set();
    triggers = list.map((trigger) => {
      const id = idOf(trigger, counts);
      if (seen.has(id)) throw new TypeError(`two triggers have the id ${stringify(id)}: give one of them another with { id }`);
      seen.add(id);
      return { id, type: trigger.kind, handler: trigger.handler, own: trigger.own };
    });
    return triggers.map(({ id, type, own }) => ({ id, type, ...own }));
  }

  // The host.

  let askHost, logToHost, kv, fetch, config;

  async function ask(name, ...values) {
    const call = current;
    try {
      return await askHost(name, stringify(values), call.number);
    } finally {
      // From here on it is this call that goes on, whichever came between.
      current = call;
    }
  }

  function log(...values) {
    let line = "";
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      line += (index === 0 ? "" : " ") + (typeof value === "string" ? value : stringify(value) ?? typeof value);
    }
    if (current.logged > logUnitsMax) return;
    current.logged += line.length;
    logToHost(line.slice(0, logUnitsMax), current.number);
  }

  function freezeDeep(value) {
    if (typeof value !== "object" || value === null) return value;
    freeze(value);
    const names = keys(value);
    for (let index = 0; index < names.length; index++) freezeDeep(value[names[index]]);
    return value;
  }

  function boot(ask, log, hasStorage, hasFetch, settings) {
    for (const name of stubborn) delete globalThis[name];
    [askHost, logToHost, config] = [ask, log, freezeDeep(settings)];
    if (hasStorage) kv = storage();
    if (hasFetch) fetch = requests();
  }

  function storage() {
    return freeze({
      get: (key) => ask("kv.get", key),
      set: (key, value) => ask("kv.set", key, value),
      delete: (key) => ask("kv.delete", key),
      increment: (key, by = 1) => ask("kv.increment", key, by),
      list: (prefix = "") => ask("kv.list", prefix),
    });
  }

  function requests() {
    return async (url, options = {}) => {
      const answer = await ask("fetch", `${url}`, options);
      const { status, headers, body } = answer;
      return freeze({
        status, headers: freezeDeep(headers), ok: status >= 200 && status < 300,
        text: async () => body, json: async () => JSON.parse(body),
      });
    };
  }

  // A pattern that the host cannot match itself comes without a match.
  function find(trigger, context) {
    const { pattern = trigger.own.pattern, flags = trigger.own.flags } = context.trigger;
    const found = apply(execute, new RegExp(pattern, flags), [context.message.text]);
    if (found !== null) context.match = from(found);
    return found !== null;
  }

  function dispatch(number, index, now, seed, context) {
    current = { number, now, seed, logged: 0 };
    const trigger = triggers[index];
    if (trigger.type === "pattern" && context.match === undefined && !find(trigger, context)) return undefined;
    freeze(context.trigger);
    freeze(context.message);
    freeze(context.channel);
    if (context.user !== undefined) freezeDeep(context.user);
    if (context.match !== undefined) freeze(context.match);
    if (context.args !== undefined) freeze(context.args);
    if (context.event !== undefined) freezeDeep(context.event);
    context.config = config;
    context.log = log;
    if (kv !== undefined) context.kv = kv;
    if (fetch !== undefined) context.fetch = fetch;
    const { handler } = trigger;
    return handler(freeze(context));
  }

  const exported = freeze({ defineBotModule, command, keyword, pattern, event, timer, moderate, actions });
  for (const name of keys(exported)) method(globalThis, name, exported[name]);

  // For the snapshot: what has been run once need not be compiled again.
  function warmUp() {
    boot(async () => 0, () => {}, true, true, { warm: [1] });
    command("warm", (context) => actions.reply(`${context.user.name} ${Date.now()} ${Math.random()}`), { cooldown: 1 });
    keyword(["warm"], async (context) => context.kv.get("a"));
    pattern(/a/, () => [actions.delete(), actions.timeout({ seconds: 1 }), actions.ban(), actions.warn("a")]);
    event("warmed", () => actions.say(""));
    timer("t", 60, () => undefined);
    moderate((context) => context.log("warm", context.config));
    settleTriggers();
    for (let index = 0; index < triggers.length; index++) {
      dispatch(index, index, 0, 1, {
        trigger: { id: "warm" }, message: { text: "a" }, user: { name: "warm", roles: [] }, channel: {},
      });
    }
    created.length = 0;
    [triggers, defined, kv, fetch, config, askHost, logToHost] = [[]];
    current = { ...atTopLevel, seed: 1, logged: 0 };
  }

  globalThis["%lumio"] = { exported, boot, settleTriggers, dispatch, warmUp };
})();
