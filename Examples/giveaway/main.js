// A giveaway in chat. What is open stands under `open`, who is in under `entry:<user id>`, how many under `count`.
import { defineBotModule, command, keyword, timer, actions } from "@lumio/bot";

const mayLead = (user) => user.isModerator || user.isBroadcaster;

// A call may ask the host a hundred times, so a giveaway is emptied in several when it was large.
const deletedAtOnceMax = 80;

async function clear(kv) {
  const keys = (await kv.list("entry:")).slice(0, deletedAtOnceMax);
  await Promise.all(keys.map((key) => kv.delete(key)));
}

async function start(ctx) {
  if (!mayLead(ctx.user)) return;
  if (await ctx.kv.get("open")) return actions.reply("A giveaway is open already: end it with !draw.");
  const prize = ctx.args.join(" ") || ctx.config.prize;
  await clear(ctx.kv);
  await ctx.kv.set("count", 0);
  // Entries of a giveaway before this one have another number.
  const number = await ctx.kv.increment("number", 1);
  await ctx.kv.set("open", { prize, number });
  return actions.say(`A giveaway for ${prize} is open: say enter!`);
}

async function enter(ctx) {
  const open = await ctx.kv.get("open");
  if (!open || (ctx.config.subscribers_only && !ctx.user.isSubscriber)) return;
  const key = `entry:${ctx.user.id}`;
  const former = await ctx.kv.get(key);
  if (former?.number === open.number) return;
  await ctx.kv.set(key, { name: ctx.user.name, number: open.number });
  await ctx.kv.increment("count", 1);
}

async function draw(ctx) {
  if (!mayLead(ctx.user)) return;
  const open = await ctx.kv.get("open");
  if (!open) return actions.reply("No giveaway is open: begin one with !giveaway.");
  const keys = await ctx.kv.list("entry:");
  const winner = await pick(ctx.kv, keys, open.number);
  await ctx.kv.delete("open");
  if (!winner) return actions.say(`Nobody entered, so ${open.prize} stays here.`);
  return actions.say(`${winner.name} wins ${open.prize}! Congratulations!`);
}

// Chance comes from ctx's seed: Math.random() is another number in every call.
async function pick(kv, keys, number) {
  const rest = [...keys];
  for (let tries = 0; tries < 50 && rest.length > 0; tries++) {
    const [key] = rest.splice(Math.floor(Math.random() * rest.length), 1);
    const entry = await kv.get(key);
    if (entry?.number === number) return entry;
  }
  return undefined;
}

async function remind(ctx) {
  const open = await ctx.kv.get("open");
  if (!open) return;
  const count = (await ctx.kv.get("count")) ?? 0;
  return actions.say(ctx.config.reminder.replace("{prize}", open.prize).replace("{count}", String(count)));
}

export default defineBotModule({
  triggers: [
    command("giveaway", start),
    command("draw", draw),
    keyword(["enter", "im in"], enter, { id: "enter" }),
    timer("reminder", 300, remind),
  ],
});
