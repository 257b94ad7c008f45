/**
 * What a bot module of Lumio is written with.
 *
 * A handler returns nothing, one action, or at most five. Whom a reply, a timeout or a ban is for is always the author
 * of the message; what is deleted is always the message. `Date` stands still during a call (and at 1970 while the
 * module is loaded), and `Math.random()` is seeded for each call. There is no network but `ctx.fetch`, no timer but
 * `timer`, and no storage but `ctx.kv`: variables outlive a call as a rule, but not a limit that was hit or a restart.
 */
declare module "@lumio/bot" {
  export type Action =
    | { readonly type: "say"; readonly text: string }
    | { readonly type: "reply"; readonly text: string }
    | { readonly type: "delete" }
    | { readonly type: "timeout"; readonly seconds: number; readonly reason?: string }
    | { readonly type: "ban"; readonly reason?: string }
    | { readonly type: "warn"; readonly reason: string };

  type Returned = void | undefined | null | Action | readonly Action[];
  export type Result = Returned | Promise<Returned>;

  export type Role = "broadcaster" | "moderator" | "vip" | "subscriber";

  export interface Message {
    readonly id: string;
    readonly text: string;
    /** RFC 3339. */
    readonly sentAt: string;
    readonly isEdit: boolean;
  }

  export interface User {
    readonly id: string;
    readonly login: string;
    readonly name: string;
    readonly roles: readonly Role[];
    readonly isBroadcaster: boolean;
    readonly isModerator: boolean;
    readonly isVip: boolean;
    readonly isSubscriber: boolean;
  }

  export type JSONValue =
    | null | boolean | number | string | readonly JSONValue[] | { readonly [name: string]: JSONValue };

  /** Storage of this installation. It outlives calls, upgrades and restarts. Needs the permission `storage:kv`. */
  export interface Storage {
    /** `null` when there is nothing. */
    get<Value extends JSONValue = JSONValue>(key: string): Promise<Value | null>;
    set(key: string, value: JSONValue): Promise<void>;
    delete(key: string): Promise<void>;
    /** Adds to a number, from 0, and gives the new one: nothing comes between. */
    increment(key: string, by?: number): Promise<number>;
    /** The keys that begin so, in order. */
    list(prefix?: string): Promise<readonly string[]>;
  }

  export interface Response {
    readonly status: number;
    readonly ok: boolean;
    readonly headers: { readonly [name: string]: string };
    text(): Promise<string>;
    json<Value = JSONValue>(): Promise<Value>;
  }

  export interface RequestOptions {
    method?: string;
    headers?: { [name: string]: string };
    body?: string;
  }

  /** What a handler is called with. All of it is frozen. */
  export interface Context {
    readonly trigger: { readonly id: string; readonly type: string };
    readonly channel: { readonly platform: string; readonly id: string; readonly accountId: string };
    /** The account's settings for this module: every default is filled in. */
    readonly config: { readonly [key: string]: any };
    /** RFC 3339. */
    readonly now: string;
    /** At most 4 KB a call are kept. */
    log(...values: unknown[]): void;
    readonly kv: Storage;
    /** HTTPS only, and only to the hosts of the manifest. Needs the permission `network`. */
    readonly fetch: (url: string, options?: RequestOptions) => Promise<Response>;
  }

  export interface MessageContext extends Context {
    readonly message: Message;
    readonly user: User;
  }

  export interface CommandContext extends MessageContext {
    /** The words after the command. */
    readonly args: readonly string[];
  }

  export interface PatternContext extends MessageContext {
    /** What was found, then each group. */
    readonly match: readonly (string | undefined)[];
  }

  export interface EventContext extends Context {
    /** What is in `data` depends on the event, and what the platform does not tell is missing. */
    readonly event: { readonly type: EventName; readonly timestamp: string; readonly data: { readonly [name: string]: any } };
    readonly user?: User;
  }

  /** A trigger. Every one of them is declared while the module is loaded. */
  export interface Trigger { readonly kind: string }

  /** `!rank`, and what follows. Its id is its name. */
  export function command(
    name: string, handler: (ctx: CommandContext) => Result,
    options?: { id?: string; prefix?: string; cooldown?: number }): Trigger;

  /** A message that has one of the words. Its id is `keyword-1` and so on, in the order of declaration. */
  export function keyword(
    words: string | readonly string[], handler: (ctx: MessageContext) => Result, options?: { id?: string }): Trigger;

  /** A message in which the expression is found. Its id is `pattern-1` and so on. */
  export function pattern(
    expression: RegExp | string, handler: (ctx: PatternContext) => Result,
    options?: { id?: string; flags?: string }): Trigger;

  /** What may happen, by the platform that tells it. */
  export type EventName =
    | `twitch:${"follower" | "subscribe" | "gift_sub" | "resub" | "cheer" | "raid" | "reward" | "ban" | "stream_online"}`
    | `youtube:${"subscribe" | "gift_sub" | "resub" | "cheer" | "ban" | "stream_online"}`
    | `kick:${"follower" | "subscribe" | "gift_sub" | "resub" | "cheer" | "reward" | "ban" | "stream_online"}`
    | `trovo:${"follower" | "subscribe" | "gift_sub" | "resub" | "cheer" | "raid" | "stream_online"}`
    | "discord:ban";

  /** Something that happened on a platform, such as `twitch:follower`. Its id is the event's name. */
  export function event(name: EventName, handler: (ctx: EventContext) => Result, options?: { id?: string }): Trigger;

  /** Every so many seconds, 60 to 86,400. Its id is its name. */
  export function timer(name: string, seconds: number, handler: (ctx: Context) => Result): Trigger;

  /** Every message, before it is taken for said. Be quick: when it fails, the message stands. Its id is `moderate`. */
  export function moderate(handler: (ctx: MessageContext) => Result, options?: { id?: string }): Trigger;

  /** Lists the triggers, as the module's default export. Without it, all that are declared count. */
  export function defineBotModule<Definition extends { triggers: readonly Trigger[] }>(definition: Definition): Definition;

  export const actions: {
    /** Says something in the channel. Needs the permission `chat:send`. */
    say(text: string): Action;
    /** Answers the author of the message. Needs `chat:send`. */
    reply(text: string): Action;
    /** Deletes the message. Needs `chat:delete`. */
    delete(): Action;
    /** Needs `chat:timeout`. */
    timeout(options: number | { seconds: number; reason?: string }): Action;
    /** Needs `chat:ban`. */
    ban(options?: string | { reason?: string }): Action;
    /** Needs `chat:timeout`. */
    warn(options: string | { reason: string }): Action;
  };
}
