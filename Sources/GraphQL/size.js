// How large a document is, before anything of it is run. Every measure takes time that is linear in the document's
// text, so that looking costs no more than reading did.
import { GraphQLError, Kind } from "graphql";

const tooComplex = (much, most) =>
  new GraphQLError(`the query holds ${much} and ${most} are the most: ask in several requests`, {
    extensions: { code: "too_complex", status: 400 },
  });

/** What can be counted of a document that may be wrong. @throws when it is beyond a limit. */
export function count(document, limits) {
  const counts = { fields: 0, aliases: 0, fragments: 0, names: new Map() };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) counts.fragments++;
    if (definition.selectionSet) countIn(definition.selectionSet, 1, counts, limits);
  }
  for (const name of ["fields", "aliases", "fragments"]) {
    if (counts[name] > limits[name]) throw tooComplex(`${counts[name]} ${name}`, limits[name]);
  }
  // Validation compares each two fields that answer under one name.
  let pairs = 0;
  for (const times of counts.names.values()) pairs += times * times;
  if (pairs > limits.pairs) throw tooComplex(`${pairs} pairs of fields with one name`, limits.pairs);
}

function countIn(set, depth, counts, limits) {
  if (depth > limits.depth) throw tooComplex("too many levels", limits.depth);
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      counts.names.set(name, (counts.names.get(name) ?? 0) + 1);
      counts.fields++;
    }
    if (selection.alias) counts.aliases++;
    if (selection.selectionSet) countIn(selection.selectionSet, depth + 1, counts, limits);
  }
}

/** Lists in introspection that lead from types to types: each one within another multiplies the answer. */
const typeLists = new Set(["fields", "inputFields", "interfaces", "possibleTypes"]);
const typeListsMax = 3;

/** The most rows that an argument can ask for. */
const rowsMax = { perPage: 100, limit: 500 };

/** An argument's value, whether it stands there or comes with a variable. */
function valueOf(value, operation, variables) {
  if (value.kind !== Kind.VARIABLE) return value.value;
  const name = value.name.value;
  const declared = operation.variableDefinitions?.find((one) => one.variable.name.value === name);
  return variables[name] ?? declared?.defaultValue?.value;
}

/** A valid document's size: its fragments go in no circle. */
export class DocumentSize {
  /** @throws when it is beyond a limit. */
  constructor(document, fields, limits) {
    this.fields = fields;
    this.fragments = new Map();
    for (const one of document.definitions) {
      if (one.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(one.name.value, one.selectionSet);
    }
    /** What is known of a selection set, fragments included. */
    this.sizes = new Map();
    for (const one of document.definitions) {
      const { depth, typeLists } = this.sizeOf(one.selectionSet);
      if (depth > limits.depth) throw tooComplex(`${depth} levels`, limits.depth);
      if (typeLists > typeListsMax) throw tooComplex(`${typeLists} lists of types within each other`, typeListsMax);
    }
  }

  /** How many values the answer can hold: of every root field the rows, times what is selected of a row. */
  cost(operation, variables) {
    let sum = 0;
    for (const field of this.roots(operation.selectionSet)) {
      const values = field.selectionSet ? this.sizeOf(field.selectionSet).values : 1;
      sum += this.rows(field, operation, variables) * values;
    }
    return sum;
  }

  rootFields(operation) {
    return [...this.roots(operation.selectionSet)].map((field) => field.name.value);
  }

  /** Each fragment once, as it is run. */
  *roots(set, seen = new Set()) {
    if (seen.has(set)) return;
    seen.add(set);
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) yield selection;
      else yield* this.roots(selection.selectionSet ?? this.fragments.get(selection.name.value), seen);
    }
  }

  /** As the query says, else as many as there are when it does not. The host refuses more than its most. */
  rows(field, operation, variables) {
    const otherwise = this.fields[field.name.value]?.rows ?? 1;
    const argument = field.arguments.find((one) => one.name.value in rowsMax);
    if (!argument) return otherwise;
    const rows = Number(valueOf(argument.value, operation, variables)) || otherwise;
    return Math.min(Math.max(rows, 0), rowsMax[argument.name.value]);
  }

  sizeOf(set) {
    let size = this.sizes.get(set);
    if (size) return size;
    size = { depth: 1, values: 0, typeLists: 0 };
    for (const selection of set.selections) {
      const isField = selection.kind === Kind.FIELD;
      if (isField) size.values++;
      const inner = selection.selectionSet ?? (isField ? null : this.fragments.get(selection.name.value));
      if (!inner) continue;
      const { depth, values, typeLists: lists } = this.sizeOf(inner);
      size.depth = Math.max(size.depth, depth + (isField ? 1 : 0));
      size.values += values;
      size.typeLists = Math.max(size.typeLists, lists + (isField && typeLists.has(selection.name.value) ? 1 : 0));
    }
    this.sizes.set(set, size);
    return size;
  }
}
