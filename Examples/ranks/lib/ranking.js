// A call may ask the host a hundred times: so many chatters are compared, and the names of the best are read.
const comparedMax = 80;

export async function best(kv, count) {
  const keys = (await kv.list("points:")).slice(0, comparedMax);
  const points = await Promise.all(keys.map((key) => kv.get(key)));
  const rows = keys.map((key, place) => ({ id: key.slice("points:".length), points: points[place] ?? 0 }));
  rows.sort((left, right) => right.points - left.points || (left.id < right.id ? -1 : 1));
  const winners = rows.slice(0, count);
  const names = await Promise.all(winners.map((row) => kv.get(`name:${row.id}`)));
  return winners.map((row, place) => ({ ...row, name: names[place] ?? row.id }));
}
