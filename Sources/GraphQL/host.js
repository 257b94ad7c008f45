// Runs graphql-js for Swift: an SDL and a table of root fields in, requests in, results out.
//
// A root field's resolver asks the host; every other field is a member of what the host answered. The host speaks
// snake_case and has its own names of enum values: both follow from the schema, so nothing is written down twice.
import {
  GraphQLError, NoSchemaIntrospectionCustomRule, buildSchema, execute, getOperationAST, isEnumType, isInputObjectType,
  isInterfaceType, isIntrospectionType, isListType, isNonNullType, isObjectType, parse, specifiedRules, validate,
} from "graphql";
import { DocumentSize, count } from "./size.js";

const snake = (name) => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
const bare = (type) => (isNonNullType(type) ? type.ofType : type);

/** A failure that says what it is, in the words that REST uses. */
const failure = (message, code, status) => new GraphQLError(message, { extensions: { code, status } });

class Host {
  /**
   * @param {string} sdl
   * @param {{name: string, as?: string, only?: string, renames: object, meta: object, rows: number}[]} fields the root
   *   fields; the host knows them by their place
   * @param {object} limits
   * @param {(request: number, field: number, arguments: string) => any} ask
   */
  constructor(sdl, fields, limits, ask) {
    this.limits = limits;
    this.ask = ask;
    this.fields = Object.fromEntries(fields.map((field, number) => [field.name, { ...field, number }]));
    this.schema = buildSchema(sdl);
    this.rules = limits.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    /** Documents by their text, the one that was used last at the end. */
    this.documents = new Map();
    this.documentsLength = 0;
    for (const type of Object.values(this.schema.getTypeMap())) {
      if (isIntrospectionType(type)) continue;
      if (isEnumType(type)) speakNatively(type);
      if (isObjectType(type)) this.resolveFields(type);
    }
  }

  resolveFields(type) {
    const isRoot = type === this.schema.getQueryType() || type === this.schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      // A function of its own for each: one that all shared would look up every member the long way.
      field.resolve = isRoot ? this.rootResolver(field) : new Function("source", `return source.${snake(field.name)}`);
    }
  }

  rootResolver(field) {
    const { number, as, only, renames, meta } = this.fields[field.name];
    const member = as && snake(as);
    const names = Object.fromEntries(field.args.map((argument) => [argument.name, argument]));
    const toHost = (args) => {
      const translated = {};
      for (const name in args) translated[renames[name] ?? snake(name)] = outward(args[name], names[name].type);
      return JSON.stringify(translated);
    };
    const spoken = Object.fromEntries(field.args.map((one) => [renames[one.name] ?? snake(one.name), one.name]));
    const shape = (reply) => {
      if (reply.error) throw refusal(reply.error, spoken);
      const data = only ? reply.data.filter((row) => row.kind === only) : reply.data;
      return member ? { ...meta, ...reply.meta, [member]: data } : data;
    };
    return (_, args, context) => {
      const reply = this.ask(context.request, number, toHost(args));
      return typeof reply.then === "function" ? reply.then(shape) : shape(reply);
    };
  }

  /** The document of a text, checked and measured; its `errors` say why it cannot be run. */
  document(text) {
    let known = this.documents.get(text);
    if (known) {
      this.documents.delete(text);
    } else {
      known = this.check(text);
      this.documentsLength += text.length;
    }
    this.documents.set(text, known);
    while (this.documentsLength > this.limits.documentsLength) {
      const [oldest] = this.documents.keys();
      this.documents.delete(oldest);
      this.documentsLength -= oldest.length;
    }
    return known;
  }

  check(text) {
    let document;
    try {
      document = parse(text, { maxTokens: this.limits.tokens });
    } catch (error) {
      return { errors: [coded(error, "graphql_syntax_error", 400)] };
    }
    try {
      count(document, this.limits);
      const errors = validate(this.schema, document, this.rules, { maxErrors: this.limits.errors });
      if (errors.length) return { errors: errors.map((error) => coded(error, "graphql_validation_error", 400)) };
      return { document, size: new DocumentSize(document, this.fields, this.limits) };
    } catch (error) {
      return { errors: [coded(error, "too_complex", 400)] };
    }
  }

  /**
   * @returns the result, or a promise of it; a request that was not run has a `status` and no data.
   */
  run(request, text, operationName, variables, readsOnly, correlationId) {
    operationName ||= undefined;
    const known = this.document(text);
    if (known.errors) return refused(400, known.errors);
    const operation = getOperationAST(known.document, operationName);
    if (!operation) return refused(400, [noOperation(known.document, operationName)]);
    if (!this.schema.getRootType(operation.operation)) {
      return refused(400, [failure(`there are no ${operation.operation}s here`, "graphql_validation_error", 400)]);
    }
    if (readsOnly && operation.operation !== "query") {
      return refused(405, [failure("a GET only reads: send mutations by POST", "method_not_allowed", 405)]);
    }
    const cost = known.size.cost(operation, variables ?? {});
    if (cost > this.limits.cost) {
      const message = `the query could answer with ${cost} values and ${this.limits.cost} are the most: ask for ` +
        "fewer rows or fields, or in several requests";
      return refused(400, [failure(message, "too_complex", 400)]);
    }
    const result = execute({
      schema: this.schema, document: known.document, operationName, variableValues: variables,
      contextValue: { request },
    });
    const finish = (result) => finished(result, correlationId);
    return typeof result.then === "function" ? result.then(finish) : finish(result);
  }

  /** The numbers of the root fields that a request is going to ask for; null when it cannot be run. */
  rootFields(text, operationName) {
    const known = this.document(text);
    const operation = known.errors ? null : getOperationAST(known.document, operationName || undefined);
    if (!operation) return null;
    return known.size.rootFields(operation).map((name) => this.fields[name]?.number ?? -1);
  }
}

/** An enum's values inside are the host's: `NO_CONNECTION` is `no_connection` there, unless `@value` says otherwise. */
function speakNatively(type) {
  const inside = new Map(), outside = new Map();
  for (const value of type.getValues()) {
    const directive = value.astNode?.directives?.find((one) => one.name.value === "value");
    const native = directive?.arguments[0].value.value ?? value.name.toLowerCase();
    inside.set(value.name, native);
    outside.set(native, value.name);
  }
  const { parseValue, parseLiteral } = type;
  type.parseValue = (value) => inside.get(parseValue.call(type, value));
  type.parseLiteral = (node, variables) => inside.get(parseLiteral.call(type, node, variables));
  type.serialize = (value) => {
    const name = outside.get(value);
    if (name === undefined) throw new GraphQLError(`${type.name} has no value for ${JSON.stringify(value)}`);
    return name;
  };
}

/** A value as the host calls its members. What a scalar holds is left alone. */
function outward(value, type) {
  type = bare(type);
  if (value === null || value === undefined) return value;
  if (isListType(type)) return Array.isArray(value) ? value.map((one) => outward(one, type.ofType)) : value;
  if (!isInputObjectType(type)) return value;
  const fields = type.getFields();
  return Object.fromEntries(Object.keys(value).map((name) => [snake(name), outward(value[name], fields[name].type)]));
}

/** The host's refusal. Its paths begin with the name of an argument. */
function refusal(error, spoken) {
  const details = error.details.map((detail) => {
    const [first, ...rest] = detail.path.split(/(?=[.[])/);
    return { ...detail, path: [spoken[first] ?? first, ...rest].join("") };
  });
  const { code, status, correlation_id: correlationId } = error;
  // The message names the first one.
  const message = details.length ? error.message.replace(error.details[0].path, details[0].path) : error.message;
  return new GraphQLError(message, { extensions: { code, status, details, correlationId } });
}

/** What is thrown for another reason than the text's is thrown because it nests too deeply for the stack. */
function coded(error, code, status) {
  if (!(error instanceof GraphQLError)) return failure("the query nests too deeply", "too_complex", 400);
  error.extensions.code ??= code;
  error.extensions.status ??= status;
  return error;
}

function noOperation(document, name) {
  const names = document.definitions.filter((one) => one.kind === "OperationDefinition").map((one) => one.name?.value);
  const message =
    name ? `there is no operation ${JSON.stringify(name)} in the query`
    : names.length ? `the query holds ${names.length} operations: say which one as operationName`
    : "the query holds no operation";
  return failure(message, "graphql_validation_error", 400);
}

const refused = (status, errors) => ({ status, errors });

/** Errors say what they are; what nobody foresaw says nothing of the inside. */
function finished({ errors, data }, correlationId) {
  if (!errors) return { data };
  if (data === undefined) return refused(400, errors.map((error) => coded(error, "validation_error", 400)));
  return { data, errors: errors.map((error) => (error.extensions.code ? error : unforeseen(error, correlationId))) };
}

function unforeseen({ nodes, path }, correlationId) {
  const extensions = { code: "internal_error", status: 500, correlationId };
  return new GraphQLError("something went wrong here: tell us the correlation id", { nodes, path, extensions });
}

let host;
export const boot = (...all) => void (host = new Host(...all));
export const run = (...all) => host.run(...all);
export const rootFields = (...all) => host.rootFields(...all);
