// Points for chatting, kept in ctx.kv: `points:<user id>` holds a number, `name:<user id>` how people know them.
import { defineBotModule, command, pattern, actions } from "@lumio/bot";
import { best } from "./lib/ranking.js";

async function pointsOf(ctx, id) {
  return (await ctx.kv.get(`points:${id}`)) ?? 0;
}

async function count(ctx) {
  await ctx.kv.increment(`points:${ctx.user.id}`, ctx.config.points_per_message);
  await ctx.kv.set(`name:${ctx.user.id}`, ctx.user.name);
}

async function rank(ctx) {
  const points = await pointsOf(ctx, ctx.user.id);
  return actions.reply(`${ctx.user.name}, you have ${points} ${ctx.config.currency}.`);
}

async function top(ctx) {
  const rows = await best(ctx.kv, ctx.config.top_count);
  if (rows.length === 0) return actions.reply(`Nobody has any ${ctx.config.currency} yet.`);
  return actions.say(rows.map((row, place) => `${place + 1}. ${row.name} (${row.points})`).join(" · "));
}

export default defineBotModule({
  triggers: [
    command("rank", rank, { cooldown: 5 }),
    command("top", top, { cooldown: 30 }),
    // Every line that is no command.
    pattern(/^[^!]/, count, { id: "count" }),
  ],
});
