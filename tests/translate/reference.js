// SPDX-License-Identifier: Apache-2.0
// reference.js MODULE.wasm: what loader.c does, by node's own WebAssembly.
'use strict';
const fs = require('fs');

const view = new DataView(new ArrayBuffer(8));
const bytes = fs.readFileSync(process.argv[2]);
const module_ = new WebAssembly.Module(bytes);
const memory = new WebAssembly.Memory(
  { initial: 32, maximum: 64, shared: true });
const table = new WebAssembly.Table({ element: 'anyfunc', initial: 100 });
const G = (value, mutable) =>
  new WebAssembly.Global({ value: 'i32', mutable }, value);
let exports_;
const env = {
  memory,
  __indirect_function_table: table,
  __stack_pointer: G(0x100000, true),
  __memory_base: G(0x20000, false),
  __table_base: G(16, false),
  twice: (x) => 2 * x,
  call: () => exports_.called(),
};

// Types are not in the JS API: they come in comments of the command file,
// "; NAME iij:f" (parameters, result).
const types = {};

function decode(letter, hex) {
  const bits = BigInt('0x' + hex);
  view.setBigUint64(0, bits);
  switch (letter) {
  case 'i': return Number(bits) | 0;
  case 'j': return BigInt.asIntN(64, bits);
  case 'f': return view.getFloat32(4);
  case 'd': return view.getFloat64(0);
  }
  throw new Error('type ' + letter);
}

function encode(letter, value) {
  switch (letter) {
  case 'i': return (value >>> 0).toString(16);
  case 'j': return BigInt.asUintN(64, value).toString(16);
  }
  if (Number.isNaN(value)) return 'nan';
  if (letter === 'f') {
    view.setFloat32(0, value);
    return view.getUint32(0).toString(16);
  }
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}

function run(line) {
  const [name, ...args] = line.split(' ');
  const [params, result] = types[name];
  let answer = line + ' =';
  try {
    const value = exports_[name](...args.map((a, i) => decode(params[i], a)));
    if (result) answer += ` ${result}:${encode(result, value)}`;
  } catch (e) {
    if (!(e instanceof WebAssembly.RuntimeError ||
          e instanceof WebAssembly.Exception || e instanceof RangeError))
      throw e;
    answer += ' trap';
  }
  return answer;
}

const out = [];
try {
  exports_ = new WebAssembly.Instance(module_, { env }).exports;
} catch (e) {
  if (!(e instanceof WebAssembly.RuntimeError)) throw e;
  console.log('instantiate = trap');
  process.exit(0);
}
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (line.startsWith('; ')) {
    const [, name, type] = line.split(' ');
    types[name] = type.split(':');
  } else if (line && line[0] !== ';') {
    out.push(run(line));
  }
}
console.log(out.join('\n'));
