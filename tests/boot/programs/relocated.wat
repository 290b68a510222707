;; SPDX-License-Identifier: Apache-2.0
;; As a compiler's output: a table of functions from __table_base on, whose indices
;; get into the data by relocation, and a constructor. All of them have to be in
;; place when _start runs; argc is on the stack.
(module
	(type $letter (func (result i32)))
	(import "env" "memory" (memory 1 65536 shared))
	(import "env" "__indirect_function_table" (table 2 funcref))
	(import "env" "__memory_base" (global $base i32))
	(import "env" "__table_base" (global $table i32))
	(import "env" "__stack_pointer" (global $sp (mut i32)))
	(import "env" "__wasm_syscall_1"
		(func $syscall1 (param i32 i32 i32 i32) (result i32)))
	(import "env" "__wasm_syscall_3"
		(func $syscall3 (param i32 i32 i32 i32 i32 i32) (result i32)))
	(import "env" "__wasm_abort" (func $abort))
	;; 0, 4: function pointers; 8: text; 16: set by the constructor
	(data (global.get $base) "\00\00\00\00\01\00\00\00??? argc\n")
	(elem (global.get $table) func $first $second)

	(func $first (result i32) (i32.const 0x61))
	(func $second (result i32) (i32.const 0x62))

	(func $relocate (param $at i32)
		(i32.store (i32.add (global.get $base) (local.get $at))
			(i32.add (global.get $table)
				(i32.load (i32.add (global.get $base)
					(local.get $at))))))
	(func (export "__wasm_apply_data_relocs")
		(call $relocate (i32.const 0))
		(call $relocate (i32.const 4)))

	(func (export "__wasm_call_ctors")
		(i32.store8 offset=8 (global.get $base)
			(call_indirect (type $letter) (i32.load (global.get $base))))
		(i32.store8 offset=9 (global.get $base)
			(call_indirect (type $letter)
				(i32.load offset=4 (global.get $base)))))

	(func (export "_start")
		(if (i32.eqz (global.get $table)) (then (call $abort)))
		(i32.store8 offset=10 (global.get $base)
			(i32.add (i32.const 0x30) (i32.load (global.get $sp))))
		(drop (call $syscall3 (global.get $sp) (i32.const 0)
			(i32.const 64)
			(i32.const 1) (i32.add (global.get $base) (i32.const 8))
			(i32.const 9)))
		(drop (call $syscall1 (global.get $sp) (i32.const 0)
			(i32.const 94) (i32.const 0)))
		unreachable))
