// The peer of /v1/gql: graphql-js on node's own HTTP server, with the same schema and the same rows.
//
// It has it easy: rows stand in memory as objects, documents are parsed and validated once, a token is one text, and
// nothing is counted or logged.
//
//     node graphql_server.mjs --schema FILE --rows FILE --token TOKEN --port PORT
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

// Debian keeps its libraries where `import` does not look, and `require` does.
const { buildSchema, execute, isObjectType, parse, validate } = createRequire("/usr/share/nodejs/")("graphql");

const { values: options } = parseArgs({
  options: {
    schema: { type: "string" }, rows: { type: "string" }, token: { type: "string" }, port: { type: "string" },
  },
});
const schema = buildSchema(readFileSync(options.schema, "utf8"));
const { statuses, modules } = JSON.parse(readFileSync(options.rows, "utf8"));
const authorization = `Bearer ${options.token}`;

const snake = (name) => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
const upper = (name) => (value) => value[name]?.toUpperCase();
for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type) || type.name.startsWith("__")) continue;
  for (const field of Object.values(type.getFields())) {
    const name = snake(field.name);
    const isEnum = ["Platform", "Status", "EffectiveState", "BotModuleName"].includes(String(field.type).replace("!", ""));
    field.resolve = isEnum ? upper(name) : (source) => source[name];
  }
}
const query = schema.getQueryType().getFields();
query.adminBotStatuses.resolve = async (_, { page, perPage }) => ({
  statuses: statuses.slice((page - 1) * perPage, page * perPage), page, per_page: perPage, total: statuses.length,
});
query.botModules.resolve = async (_, { accountId }) => modules[accountId] ?? [];

const documents = new Map();
function document(text) {
  let known = documents.get(text);
  if (known) return known;
  known = parse(text);
  const errors = validate(schema, known);
  if (errors.length) throw errors[0];
  documents.set(text, known);
  return known;
}

async function answer(body) {
  const { query, variables, operationName } = JSON.parse(body);
  return execute({ schema, document: document(query), variableValues: variables, operationName });
}

const server = createServer((request, response) => {
  const send = (status, value) => {
    const text = JSON.stringify(value);
    const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text) };
    response.writeHead(status, headers).end(text);
  };
  if (request.url === "/health/ready") return send(200, { status: "ready" });
  if (request.headers.authorization !== authorization) return send(401, { errors: [{ message: "no" }] });
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => answer(body).then((result) => send(200, result), (error) => send(400, { errors: [error] })));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(options.port), "127.0.0.1");
