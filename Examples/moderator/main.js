// Looks at every line before it is taken for said. It answers quickly, for chat does not wait: when it fails, the line
// stands.
import { defineBotModule, moderate, event, actions } from "@lumio/bot";

const lettersMin = 12;

function objection(text, config) {
  const lower = text.toLowerCase();
  const phrase = config.blocked.find((blocked) => lower.includes(blocked.toLowerCase()));
  if (phrase !== undefined) return `the phrase "${phrase}" is blocked`;
  const letters = [...text].filter((letter) => letter.toLowerCase() !== letter.toUpperCase());
  const capitals = letters.filter((letter) => letter === letter.toUpperCase()).length;
  if (letters.length >= lettersMin && (100 * capitals) / letters.length > config.capitals_percent) {
    return "too many capitals";
  }
  return undefined;
}

async function judge(ctx) {
  const reason = objection(ctx.message.text, ctx.config);
  if (reason === undefined) return undefined;
  const strikes = await ctx.kv.increment(`strikes:${ctx.user.id}`, 1);
  ctx.log(`${ctx.user.login}: ${reason}, strike ${strikes}`);
  if (strikes <= ctx.config.strikes) return actions.delete();
  await ctx.kv.delete(`strikes:${ctx.user.id}`);
  return [actions.delete(), actions.timeout({ seconds: ctx.config.timeout_seconds, reason })];
}

function welcome(ctx) {
  const name = ctx.user?.name ?? "somebody";
  return actions.say(
    ctx.config.raid_welcome.replace("{user}", name).replace("{viewers}", String(ctx.event.data.viewers ?? "some")));
}

export default defineBotModule({ triggers: [moderate(judge), event("twitch:raid", welcome)] });
