;; SPDX-License-Identifier: Apache-2.0
;; What wasm2c lacks, and what the description of the module says.
(module
  (import "env" "memory" (memory 2 64 shared))
  (import "env" "__stack_pointer" (global $sp (mut i32)))
  (import "env" "unknown" (func $unknown (param i32) (result i32)))
  (import "env" "unknown_void" (func $unknown_void (param i32 f64)))
  (import "GOT.mem" "data" (global $got (mut i32)))
  (global $irq (export "__wasm_irq_state") (mut i32) (i32.const 1))
  (export "__stack_pointer" (global $sp))
  (data $d "abcd")
  (func $init
    (memory.init $d (i32.const 0x14000) (i32.const 0) (i32.const 4))
    (memory.fill (i32.const 0x14004) (i32.const 0) (i32.const 8)))
  (start $init)
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 offset=16
      (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32)
    (i32.add (memory.atomic.notify offset=0x20 (local.get 0) (local.get 1))
             (memory.atomic.notify (local.get 0) (local.get 1))))
  (func (export "unknown") (param i32) (result i32)
    (call $unknown_void (i32.const 1) (f64.const 2))
    (call $unknown (local.get 0)))
)
