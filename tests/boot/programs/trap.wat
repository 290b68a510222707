;; SPDX-License-Identifier: Apache-2.0
;; Does what argc says: 1 divides by zero, 2 executes unreachable, 3 writes to
;; address 0, 4 reads beyond all memory, 5 calls through an empty table entry, 6
;; calls itself for ever.
(module
	(type $nothing (func))
	(import "env" "memory" (memory 1 65536 shared))
	(import "env" "__indirect_function_table" (table 8 funcref))
	(import "env" "__memory_base" (global $base i32))
	(import "env" "__stack_pointer" (global $sp (mut i32)))
	(import "env" "__wasm_syscall_1"
		(func $syscall1 (param i32 i32 i32 i32) (result i32)))
	(data (global.get $base) "x")

	(func $deeper (param $n i32)
		(call $deeper (i32.add (local.get $n) (i32.const 1)))
		(i32.store (global.get $base) (local.get $n)))

	(func (export "_start")
		(local $n i32)
		(local.set $n (i32.load (global.get $sp)))
		(if (i32.eq (local.get $n) (i32.const 1))
			(then (drop (i32.div_s (i32.const 1)
				(i32.sub (local.get $n) (i32.const 1))))))
		(if (i32.eq (local.get $n) (i32.const 2)) (then unreachable))
		(if (i32.eq (local.get $n) (i32.const 3))
			(then (i32.store (i32.const 0) (local.get $n))))
		(if (i32.eq (local.get $n) (i32.const 4))
			(then (drop (i32.load offset=0x7fffffff
				(i32.const 0xfffffff0)))))
		(if (i32.eq (local.get $n) (i32.const 5))
			(then (call_indirect (type $nothing) (i32.const 7))))
		(if (i32.eq (local.get $n) (i32.const 6))
			(then (call $deeper (i32.const 0))))
		(drop (call $syscall1 (global.get $sp) (i32.const 0)
			(i32.const 94) (i32.const 0)))))
