;; SPDX-License-Identifier: Apache-2.0
;; The least that is a program: no relocations, no constructors, no TLS.
(module
	(import "env" "memory" (memory 1 65536 shared))
	(import "env" "__memory_base" (global $base i32))
	(import "env" "__stack_pointer" (global $sp (mut i32)))
	(import "env" "__wasm_syscall_1"
		(func $syscall1 (param i32 i32 i32 i32) (result i32)))
	(import "env" "__wasm_syscall_3"
		(func $syscall3 (param i32 i32 i32 i32 i32 i32) (result i32)))
	(data (global.get $base) "hello from wat\n")

	(func (export "_start")
		(drop (call $syscall3 (global.get $sp) (i32.const 0)
			(i32.const 64) ;; write
			(i32.const 1) (global.get $base) (i32.const 15)))
		(drop (call $syscall1 (global.get $sp) (i32.const 0)
			(i32.const 94) (i32.const 42))) ;; exit_group
		unreachable))
