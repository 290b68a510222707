;; SPDX-License-Identifier: Apache-2.0
;; As stack.wat, of a program: the stack pointer, 0x100000, is its host's.
(module
  (import "env" "memory" (memory 32 64 shared))
  (import "env" "__stack_pointer" (global $sp (mut i32)))
  (func (export "frame") (param i32) (result i32) (local i32)
    (global.set $sp (local.tee 1 (i32.sub (global.get $sp) (local.get 0))))
    (global.set $sp (i32.add (local.get 1) (local.get 0)))
    (local.get 1)))
