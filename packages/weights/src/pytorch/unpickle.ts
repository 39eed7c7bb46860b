import { quote } from '../error.js';
import { PickleReader } from './reader.js';
import { Global, type PickleHost, Tuple } from './values.js';

/** ResNet-152 takes some 60,000; what needs more is made to fill memory. */
const MOST_OPERATIONS = 2_000_000;
const MOST_LONG_BYTES = 64;

/** Where a pickle's opcodes work. */
interface Machine {
  readonly reader: PickleReader;
  readonly host: PickleHost;
  stack: unknown[];
  /** The stacks below the marks. */
  readonly below: unknown[][];
  readonly memo: Map<number, unknown>;
}

/**
 * Follows a pickle's opcodes, and gives the value that it describes: dictionaries as Maps, lists as arrays, and what the host
 * makes of the rest. There is nothing that could be executed: a name is a text, and calling it is up to the host.
 *
 * Source: CPython's `Lib/pickletools.py`, opcodes of protocols 2 to 5 as `torch.save` writes them.
 *
 * @returns the value, and where in `bytes` the pickle ended
 * @throws PickleCutOff when the bytes end before; WeightsError `FORMAT` for what is no pickle, `UNSAFE` for a name that the host refuses
 *   and for changing anything but a dictionary or list, `LIMIT` for more than 2,000,000 operations.
 */
export function unpickle(
  bytes: Uint8Array,
  host: PickleHost,
  where: string,
): { value: unknown; end: number } {
  const reader = new PickleReader(bytes, where);
  const machine: Machine = { reader, host, stack: [], below: [], memo: new Map() };
  for (let count = 0; ; count++) {
    if (count === MOST_OPERATIONS) {
      throw reader.error(`at most ${MOST_OPERATIONS} operations`, 'more', 'LIMIT');
    }
    const opcode = reader.uint8();
    if (opcode === STOP) return { value: pop(machine), end: reader.position };
    const operation = OPERATIONS.get(opcode);
    if (operation === undefined) {
      throw reader.error(
        'an operation that builds tensors and dictionaries',
        `the opcode 0x${opcode.toString(16)}`,
      );
    }
    operation(machine);
  }
}

const STOP = 0x2e;

/** By opcode, in the order of pickletools.py. */
const OPERATIONS = new Map<number, (machine: Machine) => void>([
  // Numbers and texts
  [0x4a, ({ reader, stack }) => stack.push(reader.int32())], // BININT
  [0x4b, ({ reader, stack }) => stack.push(reader.uint8())], // BININT1
  [0x4d, ({ reader, stack }) => stack.push(reader.uint16())], // BININT2
  [0x8a, ({ reader, stack }) => stack.push(reader.long(reader.uint8()))], // LONG1
  [0x8b, (machine) => machine.stack.push(long4(machine.reader))], // LONG4
  [0x47, ({ reader, stack }) => stack.push(reader.float64())], // BINFLOAT
  [0x54, ({ reader, stack }) => stack.push(reader.text(reader.uint32()))], // BINSTRING, of Python 2
  [0x55, ({ reader, stack }) => stack.push(reader.text(reader.uint8()))], // SHORT_BINSTRING
  [0x58, ({ reader, stack }) => stack.push(reader.text(reader.uint32()))], // BINUNICODE
  [0x8c, ({ reader, stack }) => stack.push(reader.text(reader.uint8()))], // SHORT_BINUNICODE
  [0x8d, ({ reader, stack }) => stack.push(reader.text(reader.length64()))], // BINUNICODE8
  [0x42, ({ reader, stack }) => stack.push(reader.take(reader.uint32()))], // BINBYTES
  [0x43, ({ reader, stack }) => stack.push(reader.take(reader.uint8()))], // SHORT_BINBYTES
  [0x4e, ({ stack }) => stack.push(null)], // NONE
  [0x88, ({ stack }) => stack.push(true)], // NEWTRUE
  [0x89, ({ stack }) => stack.push(false)], // NEWFALSE
  // Lists, tuples, dictionaries
  [0x5d, ({ stack }) => stack.push([])], // EMPTY_LIST
  [0x61, (machine) => append(machine, [pop(machine)])], // APPEND
  [0x65, (machine) => append(machine, popMark(machine))], // APPENDS
  [0x6c, (machine) => push(machine, popMark(machine))], // LIST
  [0x29, ({ stack }) => stack.push(new Tuple([]))], // EMPTY_TUPLE
  [0x85, (machine) => push(machine, new Tuple(popSome(machine, 1)))], // TUPLE1
  [0x86, (machine) => push(machine, new Tuple(popSome(machine, 2)))], // TUPLE2
  [0x87, (machine) => push(machine, new Tuple(popSome(machine, 3)))], // TUPLE3
  [0x74, (machine) => push(machine, new Tuple(popMark(machine)))], // TUPLE
  [0x7d, ({ stack }) => stack.push(new Map())], // EMPTY_DICT
  [0x73, (machine) => setItems(machine, popSome(machine, 2))], // SETITEM
  [0x75, (machine) => setItems(machine, popMark(machine))], // SETITEMS
  [0x8f, ({ stack }) => stack.push([])], // EMPTY_SET
  [0x90, (machine) => append(machine, popMark(machine))], // ADDITEMS
  // The stack and the memo
  [0x30, (machine) => void pop(machine)], // POP
  [0x32, (machine) => push(machine, top(machine))], // DUP
  [0x28, (machine) => mark(machine)], // MARK
  [0x31, (machine) => void popMark(machine)], // POP_MARK
  [0x68, (machine) => push(machine, recall(machine, machine.reader.uint8()))], // BINGET
  [0x6a, (machine) => push(machine, recall(machine, machine.reader.uint32()))], // LONG_BINGET
  [0x71, (machine) => void machine.memo.set(machine.reader.uint8(), top(machine))], // BINPUT
  [0x72, (machine) => void machine.memo.set(machine.reader.uint32(), top(machine))], // LONG_BINPUT
  [0x94, (machine) => void machine.memo.set(machine.memo.size, top(machine))], // MEMOIZE
  // Names, and what they stand for
  [0x63, (machine) => pushGlobal(machine, machine.reader.line(), machine.reader.line())], // GLOBAL
  [0x93, (machine) => pushGlobal(machine, ...(popSome(machine, 2) as [unknown, unknown]))], // STACK_GLOBAL
  [0x52, (machine) => reduce(machine)], // REDUCE
  [0x62, (machine) => build(machine)], // BUILD
  [0x51, (machine) => push(machine, machine.host.persistent(pop(machine)))], // BINPERSID
  // The frame
  [0x80, ({ reader }) => requireProtocol(reader, reader.uint8())], // PROTO
  [0x95, ({ reader }) => void reader.length64()], // FRAME
]);

function push({ stack }: Machine, value: unknown): void {
  stack.push(value);
}

function top({ stack, reader }: Machine): unknown {
  if (stack.length === 0) throw reader.error('a value', 'none: the pickle is damaged');
  return stack.at(-1);
}

function pop(machine: Machine): unknown {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

function popSome({ stack, reader }: Machine, count: number): unknown[] {
  if (stack.length < count) throw reader.error(`${count} values`, `${stack.length}: the pickle is damaged`);
  return stack.splice(-count);
}

function mark(machine: Machine): void {
  machine.below.push(machine.stack);
  machine.stack = [];
}

/** The values above the last mark. */
function popMark(machine: Machine): unknown[] {
  const below = machine.below.pop();
  if (below === undefined) throw machine.reader.error('a mark', 'none: the pickle is damaged');
  const values = machine.stack;
  machine.stack = below;
  return values;
}

function recall({ memo, reader }: Machine, key: number): unknown {
  if (memo.has(key)) return memo.get(key);
  throw reader.error('a value that was remembered', `none under ${key}: the pickle is damaged`);
}

function append(machine: Machine, values: unknown[]): void {
  const list = top(machine);
  if (!Array.isArray(list)) throw unsafe(machine, 'a list to append to', list);
  for (const value of values) list.push(value);
}

function setItems(machine: Machine, items: unknown[]): void {
  const map = top(machine);
  if (!(map instanceof Map)) throw unsafe(machine, 'a dictionary to set items of', map);
  if (items.length % 2 !== 0) throw machine.reader.error('keys with values', 'a key without one');
  for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
}

function pushGlobal(machine: Machine, module: unknown, name: unknown): void {
  if (typeof module !== 'string' || typeof name !== 'string') {
    throw machine.reader.error('a name', 'something else: the pickle is damaged');
  }
  const full = `${module}.${name}`;
  machine.host.requireGlobal(full);
  machine.stack.push(new Global(full));
}

function reduce(machine: Machine): void {
  const [global, items] = popSome(machine, 2);
  if (!(global instanceof Global)) throw unsafe(machine, 'a name to call', global);
  if (!(items instanceof Tuple))
    throw machine.reader.error('a tuple', 'something else: the pickle is damaged');
  machine.stack.push(machine.host.reduce(global, items.items));
}

/** Of a dictionary's attributes, such as the `_metadata` of a state dict, nothing is kept. */
function build(machine: Machine): void {
  pop(machine);
  const target = top(machine);
  if (!(target instanceof Map)) throw unsafe(machine, 'a dictionary to set attributes of', target);
}

function long4(reader: PickleReader): number | bigint {
  const count = reader.uint32();
  if (count > MOST_LONG_BYTES) throw reader.error(`a number of at most ${MOST_LONG_BYTES} bytes`, `${count}`);
  return reader.long(count);
}

function requireProtocol(reader: PickleReader, protocol: number): void {
  if (protocol < 2 || protocol > 5) throw reader.error('a pickle of protocol 2 to 5', `protocol ${protocol}`);
}

function unsafe({ reader }: Machine, expected: string, value: unknown) {
  const received = value instanceof Global ? quote(value.name) : (value?.constructor.name ?? 'None');
  return reader.error(expected, received, 'UNSAFE', 'Nothing was run. Take the file from elsewhere.');
}
