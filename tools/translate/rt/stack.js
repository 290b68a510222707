// SPDX-License-Identifier: Apache-2.0
// stack.js: preloaded into node before npm's wasm2c (wabt 1.0.39), whose C
// stack of 64 KiB is too small for code of compilers: gives it 256 MiB.
//
// The stack lies between the static data and the heap and grows down. So the
// memory is made larger, the heap's start (the word that sbrk() keeps) and the
// stack pointer move up by the same amount. The one export that touches the
// stack pointer is the stack allocator, which takes negative sizes, too.
'use strict';
const fs = require('fs');
const path = require('path');

const MORE = 256 << 20;
const PAGE = 65536;

function check() {
  const file = path.join(path.dirname(process.argv[1]), '..', 'package.json');
  const version = JSON.parse(fs.readFileSync(file, 'utf8')).version;
  if (version !== '1.0.39')
    throw new Error(`this wasm2c is of wabt ${version}, not of 1.0.39`);
}

function enlarge(instance) {
  const all = Object.values(instance.exports);
  const memory = all.find((e) => e instanceof WebAssembly.Memory);
  const allocate = instance.exports.r;
  if (!memory || typeof allocate !== 'function' || all.length !== 4)
    throw new Error('this wasm2c is not the one of npm wabt 1.0.39');

  const stack = allocate(0) >>> 0;
  memory.grow(MORE / PAGE);
  const words = new Uint32Array(memory.buffer, 0, stack >>> 2);
  const first = words.indexOf(stack);
  if (first < 0 || words.indexOf(stack, first + 1) >= 0)
    throw new Error('wasm2c does not keep its heap where it should: ' +
                    'it is not the one of npm wabt 1.0.39');
  words[first] = stack + MORE;
  if (allocate(-MORE) >>> 0 !== stack + MORE)
    throw new Error('the stack of wasm2c cannot be moved');
}

const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async function (...args) {
  const result = await instantiate.apply(WebAssembly, args);
  try {
    check();
    enlarge(result.instance || result);
  } catch (error) {
    console.error('error: ' + error.message);
    process.exit(69);
  }
  return result;
};
